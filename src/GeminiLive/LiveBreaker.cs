namespace GeminiLive;

/// <summary>Keeps all sessions together from hammering one endpoint that does not serve: after a few failures connections go out singly, as probes.</summary>
/// <remarks>
/// Any thread. Callers who have nowhere else to go are waiting while it is open, so a young outage is probed twice a second and an old one every five
/// seconds; the first success lets everybody in. Permanent refusals and refused handles are no failures of the endpoint and are not reported here.
/// </remarks>
internal sealed class LiveBreaker(TimeProvider timeProvider)
{
    private const int FailuresToOpen = 5;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan YoungOutage = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan YoungProbeInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<long> _failures = [];
    private long _openedAt;
    private long _lastProbe;
    private TaskCompletionSource? _closed;

    /// <summary>True while the endpoint is taken for down.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
                return _closed is not null;
        }
    }

    /// <summary>Times that it has opened.</summary>
    public int Openings { get; private set; }

    /// <summary>Asks to connect now; while open, only for the next probe.</summary>
    /// <param name="wait">After a refusal: when to ask again, at the latest; see <see cref="WhenClosed"/>.</param>
    public bool TryEnter(out TimeSpan wait)
    {
        lock (_gate)
        {
            wait = TimeSpan.Zero;
            if (_closed is null)
                return true;
            wait = Interval - timeProvider.GetElapsedTime(_lastProbe);
            if (wait > TimeSpan.Zero)
                return false;
            _lastProbe = timeProvider.GetTimestamp();
            return true;
        }
    }

    /// <summary>Ends when the endpoint serves again; has ended while it is not taken for down.</summary>
    public Task WhenClosed()
    {
        lock (_gate)
            return _closed?.Task ?? Task.CompletedTask;
    }

    /// <summary>A setup was accepted.</summary>
    /// <returns>True when the breaker closed for that.</returns>
    public bool Succeeded()
    {
        TaskCompletionSource? closed;
        lock (_gate)
        {
            (closed, _closed) = (_closed, null);
            _failures.Clear();
        }
        closed?.SetResult();
        return closed is not null;
    }

    /// <summary>A connection did not come about, though nothing was wrong with what was asked.</summary>
    /// <returns>True when the breaker opened for that.</returns>
    public bool Failed()
    {
        lock (_gate)
        {
            var now = timeProvider.GetTimestamp();
            _failures.Enqueue(now);
            if (_failures.Count > FailuresToOpen)
                _failures.Dequeue();
            if (_closed is not null || _failures.Count < FailuresToOpen || timeProvider.GetElapsedTime(_failures.Peek(), now) > Window)
                return false;
            _closed = new TaskCompletionSource();
            _openedAt = _lastProbe = now;
            Openings++;
            return true;
        }
    }

    private TimeSpan Interval => timeProvider.GetElapsedTime(_openedAt) < YoungOutage ? YoungProbeInterval : ProbeInterval;
}
