namespace VoiceAgent.TurnTaking;

/// <summary>Halves the rate of sound that is looked at, not heard: frames at 8 kHz -> 4 kHz.</summary>
/// <remarks>Binomial low-pass of four taps: what folds to 1 kHz and below is at least 25 dB softer. Owned by one thread.</remarks>
internal struct HalfRate
{
    private float _older;
    private float _newer;

    /// <summary>Takes a frame of an even length and gives half as many samples.</summary>
    public void Take(ReadOnlySpan<float> frame, Span<float> half)
    {
        for (var i = 0; i < half.Length; i++)
        {
            var (a, b) = (frame[2 * i], frame[2 * i + 1]);
            half[i] = (_older + 3 * (_newer + a) + b) / 8;
            (_older, _newer) = (a, b);
        }
    }
}
