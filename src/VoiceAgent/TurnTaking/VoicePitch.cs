using System.Numerics;

namespace VoiceAgent.TurnTaking;

/// <summary>Whether sound repeats itself as a voice does, 80 to 400 times a second: frames at 8 kHz -> the best match of the last 20 ms with what came before.</summary>
/// <remarks>Owned by the media thread; looks at 4 kHz. Allocates only when built.</remarks>
internal sealed class VoicePitch
{
    private const int RateHz = 4_000;
    private const int WindowSamples = RateHz * 20 / 1_000;
    private const int LeastLag = RateHz / 400;
    private const int MostLag = RateHz / 80;
    private const int Kept = WindowSamples + MostLag;

    private readonly float[] _samples = new float[Kept];

    /// <summary>Takes 10 ms at 8 kHz.</summary>
    public void Take(ReadOnlySpan<float> frame)
    {
        var count = frame.Length / 2;
        _samples.AsSpan(count).CopyTo(_samples);
        for (var i = 0; i < count; i++)
            _samples[Kept - count + i] = (frame[2 * i] + frame[2 * i + 1]) / 2;
    }

    /// <summary>Takes 10 ms at 4 kHz.</summary>
    public void TakeHalved(ReadOnlySpan<float> frame)
    {
        _samples.AsSpan(frame.Length).CopyTo(_samples);
        frame.CopyTo(_samples.AsSpan(Kept - frame.Length));
    }

    /// <summary>Likeness of the last 20 ms with the 20 ms one pitch period before, at the period that fits best: 1 for a steady voice, about 0.3 for noise.</summary>
    public float Likeness()
    {
        var window = _samples.AsSpan(MostLag);
        var energy = Dot(window, window);
        var best = 0f;
        var earlierEnergy = Dot(_samples.AsSpan(MostLag - LeastLag, WindowSamples), _samples.AsSpan(MostLag - LeastLag, WindowSamples));
        for (var lag = LeastLag; lag <= MostLag; lag++)
        {
            var start = MostLag - lag;
            var product = Dot(window, _samples.AsSpan(start, WindowSamples));
            if (product > 0)
                best = Math.Max(best, product / (MathF.Sqrt(energy * Math.Max(earlierEnergy, 0)) + 1e-9f));
            if (start > 0)
                earlierEnergy += Square(_samples[start - 1]) - Square(_samples[start - 1 + WindowSamples]);
        }
        return best;
    }

    private static float Square(float x) => x * x;

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sums = Vector<float>.Zero;
        var i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
            sums += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        var sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
