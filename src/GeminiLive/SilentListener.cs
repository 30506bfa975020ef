namespace GeminiLive;

/// <summary>Listens to a session that is opened to see whether one can be.</summary>
internal sealed class SilentListener : ILiveListener
{
    private SilentListener()
    {
    }

    /// <summary>The one there is.</summary>
    public static SilentListener Instance { get; } = new();

    /// <inheritdoc/>
    public void OnAudio(ReadOnlySpan<short> pcm, int sampleRateHz, int turn)
    {
        // Nobody has asked it anything.
    }

    /// <inheritdoc/>
    public void OnInterrupted()
    {
        // Nobody speaks.
    }

    /// <inheritdoc/>
    public void OnEvent(LiveEvent liveEvent)
    {
        // The result of the connecting says all that matters.
    }
}
