using System.Numerics;

namespace AudioMeasures;

/// <summary>Fast Fourier transform of a power of two, in place: for measures that look at spectra.</summary>
public static class Fourier
{
    /// <summary>Transforms.</summary>
    /// <param name="real">Real parts; a power of two of them.</param>
    /// <param name="imaginary">Imaginary parts, as many.</param>
    public static void Transform(Span<double> real, Span<double> imaginary)
    {
        Reorder(real, imaginary);
        for (var size = 2; size <= real.Length; size *= 2)
        {
            for (var k = 0; k < size / 2; k++)
            {
                var (sine, cosine) = Math.SinCos(-2 * Math.PI * k / size);
                for (var start = k; start < real.Length; start += size)
                    Butterfly(real, imaginary, start, start + size / 2, cosine, sine);
            }
        }
    }

    private static void Butterfly(Span<double> real, Span<double> imaginary, int a, int b, double cosine, double sine)
    {
        var (x, y) = (real[b] * cosine - imaginary[b] * sine, real[b] * sine + imaginary[b] * cosine);
        (real[b], imaginary[b]) = (real[a] - x, imaginary[a] - y);
        (real[a], imaginary[a]) = (real[a] + x, imaginary[a] + y);
    }

    private static void Reorder(Span<double> real, Span<double> imaginary)
    {
        var bits = BitOperations.Log2((uint)real.Length);
        for (var i = 0; i < real.Length; i++)
        {
            var mirrored = 0;
            for (var bit = 0; bit < bits; bit++)
                mirrored |= ((i >> bit) & 1) << (bits - 1 - bit);
            if (mirrored <= i)
                continue;
            (real[i], real[mirrored]) = (real[mirrored], real[i]);
            (imaginary[i], imaginary[mirrored]) = (imaginary[mirrored], imaginary[i]);
        }
    }
}
