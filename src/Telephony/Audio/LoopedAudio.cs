namespace Telephony.Audio;

/// <summary>Recorded samples given again and again: a prompt before the answer, music for a caller who waits.</summary>
/// <remarks>One per call, the samples shared by all; read by the media thread, allocates nothing.</remarks>
/// <param name="samples">Mono PCM16, at least one.</param>
/// <param name="sampleRateHz">Their rate.</param>
public sealed class LoopedAudio(ReadOnlyMemory<short> samples, int sampleRateHz) : IPcmSource
{
    private int _position;

    /// <inheritdoc/>
    public int SampleRateHz => sampleRateHz;

    /// <inheritdoc/>
    public int Read(Span<short> frame)
    {
        for (var filled = 0; filled < frame.Length;)
        {
            var rest = samples.Span[_position..];
            var count = Math.Min(rest.Length, frame.Length - filled);
            rest[..count].CopyTo(frame[filled..]);
            filled += count;
            _position = (_position + count) % samples.Length;
        }
        return frame.Length;
    }
}
