using System.Numerics;

namespace Telephony.Audio;

/// <summary>How loud PCM16 is, in dBov: for talk detection, call records and concealment.</summary>
/// <remarks>0 dBov is a full-scale square wave, so a full-scale sine has an RMS of -3.01 dBov (RFC 6464). Silence is <see cref="SilenceDbov"/>.</remarks>
public static class PcmLevel
{
    /// <summary>Level given for digital silence, the lowest that RFC 6464 can express.</summary>
    public const double SilenceDbov = -127;

    private const double FullScale = 32_768;

    /// <summary>RMS level in dBov.</summary>
    public static double RmsDbov(ReadOnlySpan<short> pcm) => ToDbov(Rms(pcm));

    /// <summary>Level of the largest sample in dBov.</summary>
    public static double PeakDbov(ReadOnlySpan<short> pcm) => ToDbov(Peak(pcm));

    /// <summary>Root of the mean square in sample units; 0 for no samples.</summary>
    public static double Rms(ReadOnlySpan<short> pcm) => pcm.IsEmpty ? 0 : Math.Sqrt((double)SumOfSquares(pcm) / pcm.Length);

    /// <summary>Largest magnitude in sample units, 0 to 32768.</summary>
    public static int Peak(ReadOnlySpan<short> pcm)
    {
        int min = 0, max = 0, i = 0;
        if (pcm.Length >= Vector<short>.Count)
        {
            Vector<short> low = Vector<short>.Zero, high = Vector<short>.Zero;
            for (; i <= pcm.Length - Vector<short>.Count; i += Vector<short>.Count)
            {
                var samples = new Vector<short>(pcm[i..]);
                low = Vector.Min(low, samples);
                high = Vector.Max(high, samples);
            }
            for (var lane = 0; lane < Vector<short>.Count; lane++)
                (min, max) = (Math.Min(min, low[lane]), Math.Max(max, high[lane]));
        }
        for (; i < pcm.Length; i++)
            (min, max) = (Math.Min(min, pcm[i]), Math.Max(max, pcm[i]));
        return Math.Max(-min, max);
    }

    /// <summary>Amplitude in sample units that has the level.</summary>
    public static double FromDbov(double dbov) => FullScale * Math.Pow(10, dbov / 20);

    private static double ToDbov(double amplitude) =>
        amplitude > 0 ? Math.Max(20 * Math.Log10(amplitude / FullScale), SilenceDbov) : SilenceDbov;

    /// <summary>Sum of the squares of all samples: exact, so that the sums of parts are that of the whole.</summary>
    public static long SumOfSquares(ReadOnlySpan<short> pcm)
    {
        var sums = Vector<long>.Zero;
        var i = 0;
        for (; i <= pcm.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(pcm[i..]), out var low, out var high);
            // Two squares fit in 32 bits unsigned, at most 2^31.
            Vector.Widen((low * low + high * high).As<int, uint>(), out var first, out var second);
            sums += (first + second).As<ulong, long>();
        }
        var sum = Vector.Sum(sums);
        for (; i < pcm.Length; i++)
            sum += pcm[i] * pcm[i];
        return sum;
    }
}
