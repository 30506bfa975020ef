using System.Numerics;
using System.Runtime.InteropServices;

namespace Telephony.Audio;

/// <summary>The inner loops of the audio path, as wide as the processor's vectors: conversions and dot products.</summary>
/// <remarks>Each result depends on the values and the length alone, so that streaming code is exact under any split of its input.</remarks>
internal static class PcmVector
{
    /// <summary>Samples as floats of the same value.</summary>
    public static void ToSingle(ReadOnlySpan<short> pcm, Span<float> output)
    {
        output = output[..pcm.Length];
        var i = 0;
        for (; i <= pcm.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(pcm[i..]), out var low, out var high);
            Vector.ConvertToSingle(low).CopyTo(output[i..]);
            Vector.ConvertToSingle(high).CopyTo(output[(i + Vector<float>.Count)..]);
        }
        for (; i < pcm.Length; i++)
            output[i] = pcm[i];
    }

    /// <summary>Floats as samples: rounded to nearest, saturated.</summary>
    public static void ToPcm(ReadOnlySpan<float> input, Span<short> pcm)
    {
        pcm = pcm[..input.Length];
        var i = 0;
        for (; i <= input.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            var low = Saturate(new Vector<float>(input[i..]));
            var high = Saturate(new Vector<float>(input[(i + Vector<float>.Count)..]));
            Vector.Narrow(low, high).CopyTo(pcm[i..]);
        }
        for (; i < input.Length; i++)
            pcm[i] = ToPcm(input[i]);
    }

    /// <summary>One float as a sample: rounded to nearest, saturated.</summary>
    public static short ToPcm(float value) => (short)Math.Clamp(MathF.Round(value), short.MinValue, short.MaxValue);

    /// <summary>Sum of products; both spans equally long.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (!Vector.IsHardwareAccelerated)
            return DotScalar(a, b);

        var left = MemoryMarshal.Cast<float, Vector<float>>(a);
        var right = MemoryMarshal.Cast<float, Vector<float>>(b)[..left.Length];
        Vector<float> even = Vector<float>.Zero, odd = Vector<float>.Zero;   // two sums: an addition takes four cycles
        var i = 0;
        for (; i < left.Length - 1; i += 2)
        {
            even = Vector.MultiplyAddEstimate(left[i], right[i], even);
            odd = Vector.MultiplyAddEstimate(left[i + 1], right[i + 1], odd);
        }
        if (i < left.Length)
            even = Vector.MultiplyAddEstimate(left[i], right[i], even);

        var done = left.Length * Vector<float>.Count;
        return Vector.Sum(even + odd) + DotScalar(a[done..], b[done..]);
    }

    /// <summary>Sum of products without vectors; the reference for <see cref="Dot"/>.</summary>
    public static float DotScalar(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float sum = 0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static Vector<int> Saturate(Vector<float> value) =>
        Vector.ConvertToInt32(Vector.Min(Vector.Max(Vector.Round(value), new Vector<float>(short.MinValue)), new Vector<float>(short.MaxValue)));
}
