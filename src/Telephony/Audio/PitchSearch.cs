namespace Telephony.Audio;

/// <summary>Finds how far back the signal last looked as it does now: the pitch of a voice, for <see cref="WaveformConcealment"/>.</summary>
/// <remarks>Normalised cross-correlation of the last 20 ms over lags of 2.5 to 20 ms (400 to 50 Hz), about 3 us at 8 kHz. Allocates nothing.</remarks>
internal sealed class PitchSearch(int sampleRateHz)
{
    /// <summary>Taken off the correlation at the longest lag: of equals the more recent wins.</summary>
    private const double LongLagPenalty = 0.01;

    private readonly int _minLag = sampleRateHz / 400;
    private readonly int _window = sampleRateHz / 50;

    /// <summary>Longest lag found, in samples.</summary>
    public int MaxLag { get; } = sampleRateHz / 50;

    /// <summary>Samples that the search looks at: the window and the longest lag.</summary>
    public int PastSamples => _window + MaxLag;

    /// <summary>The lag with the highest correlation; the longest one for silence.</summary>
    /// <param name="past">The last <see cref="PastSamples"/> samples.</param>
    public int FindLag(ReadOnlySpan<float> past)
    {
        var recent = past[^_window..];
        var (bestLag, bestScore) = (MaxLag, 0.0);
        for (var lag = _minLag; lag <= MaxLag; lag++)
        {
            var earlier = past.Slice(past.Length - _window - lag, _window);
            var energy = PcmVector.Dot(earlier, earlier);
            if (energy <= 0)
                continue;
            var score = PcmVector.Dot(recent, earlier) / Math.Sqrt(energy) * (1 - LongLagPenalty * lag / MaxLag);
            if (score > bestScore)
                (bestLag, bestScore) = (lag, score);
        }
        return bestLag;
    }
}
