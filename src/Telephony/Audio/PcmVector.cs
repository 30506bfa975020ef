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
        // Four sums, since an addition takes four cycles and the next one into the same sum would wait for it.
        Vector<float> sum0 = Vector<float>.Zero, sum1 = Vector<float>.Zero, sum2 = Vector<float>.Zero, sum3 = Vector<float>.Zero;
        var i = 0;
        for (; i < left.Length - 3; i += 4)
        {
            sum0 = Vector.MultiplyAddEstimate(left[i], right[i], sum0);
            sum1 = Vector.MultiplyAddEstimate(left[i + 1], right[i + 1], sum1);
            sum2 = Vector.MultiplyAddEstimate(left[i + 2], right[i + 2], sum2);
            sum3 = Vector.MultiplyAddEstimate(left[i + 3], right[i + 3], sum3);
        }
        for (; i < left.Length; i++)
            sum0 = Vector.MultiplyAddEstimate(left[i], right[i], sum0);

        var sum = Vector.Sum(sum0 + sum1 + (sum2 + sum3));
        for (i *= Vector<float>.Count; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
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
