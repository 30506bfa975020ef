namespace Telephony.Audio;

/// <summary>Says nothing: what we send before a call of ours is answered, so that the way back through any NAT is open, and on a leg whose call has gone on elsewhere.</summary>
/// <remarks>It has no state; read by the media thread.</remarks>
internal sealed class SilentSource : IPcmSource
{
    private SilentSource()
    {
    }

    /// <summary>The one there is.</summary>
    public static SilentSource Instance { get; } = new();

    /// <inheritdoc/>
    public int SampleRateHz => 8_000;

    /// <inheritdoc/>
    public int Read(Span<short> frame)
    {
        frame.Clear();
        return 0;
    }
}
