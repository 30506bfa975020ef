namespace Telephony.Audio;

/// <summary>Finds how far back the signal last looked as it does now: the pitch of a voice, for <see cref="WaveformConcealment"/>.</summary>
/// <remarks>Normalised cross-correlation of the last 20 ms (or less) over lags of 2.5 to 20 ms (400 to 50 Hz), about 3 us at 8 kHz; less where less is known. Allocates nothing.</remarks>
/// <param name="sampleRateHz">Rate of all samples, in Hz.</param>
/// <param name="windowMs">How much is compared.</param>
/// <param name="maxLagMs">Longest cycle that is found.</param>
internal sealed class PitchSearch(int sampleRateHz, int windowMs = 20, int maxLagMs = 20)
{
    /// <summary>Taken off the correlation at the longest lag: of equals the more recent wins.</summary>
    private const double LongLagPenalty = 0.01;

    /// <summary>What is less like itself than this has no pitch: a short cycle of noise, repeated, would hum.</summary>
    private const double LeastLikeness = 0.45;

    private readonly int _minLag = sampleRateHz / 400;
    private readonly int _window = sampleRateHz * windowMs / 1000;

    /// <summary>Longest lag found, in samples.</summary>
    public int MaxLag { get; } = sampleRateHz * maxLagMs / 1000;

    /// <summary>Samples that the search looks at: the window and the longest lag.</summary>
    public int PastSamples => _window + MaxLag;

    /// <summary>How much the samples last looked at are like those one lag before them: 1 for a tone, next to nothing for noise.</summary>
    public double Likeness { get; private set; }

    /// <summary>The lag with the highest correlation; the longest one for silence and noise.</summary>
    /// <param name="past">The last <see cref="PastSamples"/> samples.</param>
    public int FindLag(ReadOnlySpan<float> past)
    {
        var recent = past[^_window..];
        var (bestLag, bestScore) = (MaxLag, 0.0);
        var energy = 0.0;   // of whole numbers below 2^53: adding at one end and taking off at the other is exact
        foreach (var sample in past.Slice(past.Length - _window - _minLag, _window))
            energy += Square(sample);
        for (var lag = _minLag; lag <= MaxLag; lag++)
        {
            var start = past.Length - _window - lag;
            if (energy > 0)
            {
                var score = PcmVector.Dot(recent, past.Slice(start, _window)) / Math.Sqrt(energy) * (1 - LongLagPenalty * lag / MaxLag);
                if (score > bestScore)
                    (bestLag, bestScore) = (lag, score);
            }
            if (lag < MaxLag)
                energy += Square(past[start - 1]) - Square(past[start - 1 + _window]);
        }
        var own = PcmVector.Dot(recent, recent);
        Likeness = own > 0 ? bestScore / Math.Sqrt(own) : 0;
        return Likeness < LeastLikeness ? MaxLag : bestLag;
    }

    private static double Square(double sample) => sample * sample;
}
