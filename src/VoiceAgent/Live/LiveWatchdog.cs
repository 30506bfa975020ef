namespace VoiceAgent.Live;

/// <summary>Notices a model that owes an answer and stays silent: a frozen server, or a resumed session that hears but does not speak.</summary>
/// <remarks>Any thread. What is due stays due over a reconnect.</remarks>
internal sealed class LiveWatchdog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _limit;
    private readonly ITimer _timer;
    private LiveConnection? _connection;
    private bool _isDue;

    /// <summary>A watchdog that watches nothing yet.</summary>
    public LiveWatchdog(TimeProvider timeProvider, TimeSpan limit)
    {
        _limit = limit;
        _timer = timeProvider.CreateTimer(_ => Expire(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True once the connection watched last was ended here.</summary>
    public bool HasExpired { get; private set; }

    /// <summary>Watches a new connection.</summary>
    public void Watch(LiveConnection connection)
    {
        lock (_gate)
        {
            _connection = connection;
            HasExpired = false;
            Arm(_isDue);
        }
    }

    /// <summary>The connection has ended: nobody can answer now.</summary>
    public void Unwatch()
    {
        lock (_gate)
        {
            _connection = null;
            Arm(false);
        }
    }

    /// <summary>From now on the model owes an answer.</summary>
    public void Expect()
    {
        lock (_gate)
        {
            _isDue = true;
            Arm(_connection is not null);
        }
    }

    /// <summary>The model has begun to answer, or has ended its turn.</summary>
    public void Satisfy()
    {
        lock (_gate)
        {
            _isDue = false;
            Arm(false);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Arm(bool isOn) => _timer.Change(isOn ? _limit : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void Expire()
    {
        LiveConnection? frozen;
        lock (_gate)
        {
            frozen = _isDue ? _connection : null;
            HasExpired = frozen is not null;
        }
        frozen?.Abort($"no answer within {_limit.TotalSeconds:0.#} s");
    }
}
