using System.Collections.Concurrent;

namespace Telephony.Audio;

/// <summary>Tells each sample of a sound from those before it, as speech codecs do: by its autocorrelation, which Levinson and Durbin solve.</summary>
/// <remarks>What it predicts rings out and never grows. Immutable and shared; allocates when a length and rate are asked for first.</remarks>
internal sealed class LinearPrediction
{
    /// <summary>Samples by which the next one is told: two for each formant of a voice up to 12 kHz, and some for what lies between.</summary>
    public const int Order = 32;

    // So much of the window falls at its end: the latest samples are to count.
    private const int FallShare = 15;

    // A floor of noise 50 dB below the sound: without it a tone's equations have no safe solution.
    private const double NoiseFloor = 1.00001;

    // The resonances of 30 ms of a voice are found too sharp where one of its pulses has just begun: what rings out would be louder than the voice.
    private const double WidenedHz = 80;

    private static readonly ConcurrentDictionary<(int Samples, int RateHz), LinearPrediction> Known = new();

    private readonly float[] _window;
    private readonly float[] _widening = new float[Order];   // of the factors, the latest sample's first

    private LinearPrediction(int samples, int sampleRateHz)
    {
        for (var i = 0; i < Order; i++)
            _widening[i] = (float)Math.Exp(-Math.PI * WidenedHz / sampleRateHz * (i + 1));
        var (fall, rise) = (samples / FallShare, samples - samples / FallShare);
        _window = new float[samples];
        for (var i = 0; i < samples; i++)
            _window[i] = (float)(0.5 - 0.5 * Math.Cos(Math.PI * (i < rise ? (i + 0.5) / rise : (samples - i - 0.5) / fall)));
    }

    /// <summary>That which looks at so many samples, more than <see cref="Order"/>.</summary>
    public static LinearPrediction Over(int samples, int sampleRateHz) => Known.GetOrAdd((samples, sampleRateHz), static key => new LinearPrediction(key.Samples, key.RateHz));

    /// <summary>Finds the factors of the <see cref="Order"/> samples before the next one, the earliest first.</summary>
    /// <param name="past">As many samples as it looks at.</param>
    /// <param name="factors">Filled; all 0 for silence.</param>
    public void Find(ReadOnlySpan<float> past, Span<float> factors)
    {
        Span<float> seen = stackalloc float[_window.Length];
        for (var i = 0; i < seen.Length; i++)
            seen[i] = past[i] * _window[i];
        Span<double> alike = stackalloc double[Order + 1];
        for (var lag = 0; lag <= Order; lag++)
            alike[lag] = PcmVector.Dot(seen[lag..], seen[..^lag]);
        alike[0] = alike[0] * NoiseFloor + 1;
        Solve(alike, factors);
    }

    /// <summary>The sample behind these, at the least <see cref="Order"/> of them.</summary>
    public static float Next(ReadOnlySpan<float> factors, ReadOnlySpan<float> past) => PcmVector.Dot(factors, past[^Order..]);

    private void Solve(ReadOnlySpan<double> alike, Span<float> factors)
    {
        Span<double> solved = stackalloc double[Order], before = stackalloc double[Order];
        var left = alike[0];
        for (var i = 0; i < Order; i++)
        {
            var sum = alike[i + 1];
            for (var j = 0; j < i; j++)
                sum -= solved[j] * alike[i - j];
            var reflected = sum / left;
            solved.CopyTo(before);
            for (var j = 0; j < i; j++)
                solved[j] -= reflected * before[i - 1 - j];
            solved[i] = reflected;
            left *= 1 - reflected * reflected;
        }
        for (var i = 0; i < Order; i++)
            factors[Order - 1 - i] = (float)solved[i] * _widening[i];
    }
}
