namespace GeminiLive.Wire;

/// <summary>Tells a server that floods a connection with frames that carry nothing (pings, pongs, empty fragments) from one that sends a few.</summary>
/// <remarks>Owned by the receive loop; allocates only when built.</remarks>
internal sealed class ControlLimit(TimeProvider timeProvider)
{
    /// <summary>So many within <see cref="Window"/> are taken; servers send one in some seconds, and those of a stalled connection come at once.</summary>
    public const int MaxFrames = 1_000;

    /// <summary>What is counted together.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private long _since = timeProvider.GetTimestamp();
    private int _frames;

    /// <summary>Counts one more.</summary>
    /// <returns>False when it is one too many.</returns>
    public bool Takes()
    {
        if (++_frames <= MaxFrames)
            return true;
        if (timeProvider.GetElapsedTime(_since) < Window)
            return false;
        (_since, _frames) = (timeProvider.GetTimestamp(), 1);
        return true;
    }
}
