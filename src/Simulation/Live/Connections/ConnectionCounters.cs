namespace Simulation.Live.Connections;

/// <summary>How often clients came, when, with what success, and how many sessions were open at once.</summary>
/// <remarks>Safe to use from any thread.</remarks>
internal sealed class ConnectionCounters(TimeProvider timeProvider)
{
    // Hours of a client that reconnects as fast as it can; only there so that it does not fill the memory.
    private const int MaxAttempts = 100_000;

    private readonly Lock _gate = new();
    private readonly List<(long Timestamp, int? HttpStatus)> _attempts = [];
    private int _arrived;
    private int _open;

    public int ConnectionAttempts => Volatile.Read(ref _arrived);

    public int OpenSessions => Volatile.Read(ref _open);

    public int MaxOpenSessions { get; private set; }

    public IReadOnlyList<(long Timestamp, int? HttpStatus)> Attempts
    {
        get
        {
            lock (_gate)
                return _attempts.ToArray();
        }
    }

    /// <summary>Counts a request.</summary>
    /// <returns>When it came.</returns>
    public long Arrived()
    {
        Interlocked.Increment(ref _arrived);
        return timeProvider.GetTimestamp();
    }

    /// <summary>Keeps what became of a request: the refusing status, or none for an upgrade.</summary>
    public void Decided(long arrival, int? httpStatus)
    {
        lock (_gate)
        {
            if (_attempts.Count < MaxAttempts)
                _attempts.Add((arrival, httpStatus));
        }
    }

    public void Opened()
    {
        lock (_gate)
            MaxOpenSessions = Math.Max(MaxOpenSessions, ++_open);
    }

    public void Closed()
    {
        lock (_gate)
            _open--;
    }
}
