namespace GeminiLive;

/// <summary>The waits between the attempts of one outage: none before the first, then a random part of a limit that doubles ("full jitter").</summary>
/// <remarks>
/// While a young outage has brought nothing but failed connections the limit stays at half a second: the caller is waiting, and
/// the <see cref="LiveBreaker"/> that all sessions share takes over before the many attempts of many calls do harm. Owned by the session's loop.
/// </remarks>
internal sealed class LiveBackoff(LiveOptions options, TimeProvider timeProvider, Random random)
{
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan YoungLimit = TimeSpan.FromMilliseconds(500);

    private int _failures;
    private long? _start;

    /// <summary>True when a setup was accepted in this outage and yet the session was lost again.</summary>
    public bool WasAccepted { get; set; }

    /// <summary>The wait before the next attempt, which is counted.</summary>
    public TimeSpan Next()
    {
        _start ??= timeProvider.GetTimestamp();
        if (_failures++ == 0)
            return TimeSpan.Zero;
        var limit = options.FirstBackoff * Math.Pow(2, Math.Min(_failures - 2, 16));
        if (limit > options.MaxBackoff)
            limit = options.MaxBackoff;
        if (limit > YoungLimit && !WasAccepted && timeProvider.GetElapsedTime(_start.Value) < Young)
            limit = YoungLimit;
        return limit * random.NextDouble();
    }

    /// <summary>A short wait for one of many that were all let in at the same moment.</summary>
    public TimeSpan Spread() => options.FirstBackoff * random.NextDouble();

    /// <summary>The next attempt is of another kind and goes out at once.</summary>
    public void SkipNext() => _failures = 0;

    /// <summary>The outage is over.</summary>
    public void Reset()
    {
        _failures = 0;
        _start = null;
        WasAccepted = false;
    }
}
