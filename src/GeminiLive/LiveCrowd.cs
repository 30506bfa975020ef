namespace GeminiLive;

/// <summary>Counts the sessions that are sending at once, so that each can save work where they are many.</summary>
/// <remarks>Any thread; one per factory.</remarks>
internal sealed class LiveCrowd
{
    private int _sessions;

    /// <summary>Sessions that are sending.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>A session begins to send.</summary>
    public void Enter() => Interlocked.Increment(ref _sessions);

    /// <summary>It has ended.</summary>
    public void Leave() => Interlocked.Decrement(ref _sessions);
}
