namespace GeminiLive;

/// <summary>Notices a model that owes an answer and stays silent, and a server that says nothing at all although the caller has spoken.</summary>
/// <remarks>
/// Any thread. What is due stays due over a reconnect, where it is asked for in writing (<see cref="LiveGreeting.AskAgainIfLost"/>): a model may
/// pass over words that were not meant for it, but a living one answers that, or at least ends its turn.
/// </remarks>
internal sealed class LiveWatchdog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _limit;
    private readonly ITimer _timer;
    private LiveConnection? _connection;
    private bool _isAnswerDue;
    private bool _hasSign;
    private long? _answerSince;
    private long? _signSince;

    /// <summary>A watchdog that watches nothing yet.</summary>
    /// <param name="timeProvider">The session's clock.</param>
    /// <param name="limit">Longest silence of the server while something is due.</param>
    public LiveWatchdog(TimeProvider timeProvider, TimeSpan limit)
    {
        _timeProvider = timeProvider;
        _limit = limit;
        _timer = timeProvider.CreateTimer(_ => Check(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True when the connection watched last was ended here as one on which the model does not speak, not merely as a frozen one.</summary>
    public bool FoundMute { get; private set; }

    /// <summary>True while the model owes an answer.</summary>
    public bool IsAnswerDue
    {
        get
        {
            lock (_gate)
                return _isAnswerDue;
        }
    }

    /// <summary>Watches a new connection.</summary>
    public void Watch(LiveConnection connection)
    {
        lock (_gate)
        {
            _connection = connection;
            _hasSign = FoundMute = false;
            _signSince = null;
            _answerSince = _isAnswerDue ? _timeProvider.GetTimestamp() : null;
            Arm();
        }
    }

    /// <summary>The connection has ended: nobody can answer now.</summary>
    public void Unwatch()
    {
        lock (_gate)
        {
            _connection = null;
            _answerSince = _signSince = null;
            Arm();
        }
    }

    /// <summary>From now on the model owes an answer; more words of the caller give it more time.</summary>
    public void Expect()
    {
        lock (_gate)
        {
            _isAnswerDue = true;
            _answerSince = _connection is null ? null : _timeProvider.GetTimestamp();
            Arm();
        }
    }

    /// <summary>The model has begun to answer, or has ended its turn.</summary>
    public void Satisfy()
    {
        lock (_gate)
        {
            _isAnswerDue = false;
            _answerSince = null;
            Arm();
        }
    }

    /// <summary>The caller has said something: a living server reacts, if only by a transcript. More words give it no more time.</summary>
    public void ExpectSign()
    {
        lock (_gate)
        {
            if (_signSince is not null || _connection is null)
                return;
            _signSince = _timeProvider.GetTimestamp();
            Arm();
        }
    }

    /// <summary>The server has sent something, whatever it was.</summary>
    public void NoteSign()
    {
        lock (_gate)
        {
            _hasSign = true;
            _signSince = null;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Arm()
    {
        var since = Earlier(_answerSince, _signSince);
        var left = since is { } start ? _limit - _timeProvider.GetElapsedTime(start) : Timeout.InfiniteTimeSpan;
        _timer.Change(left > TimeSpan.Zero || since is null ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Check()
    {
        LiveConnection? silent;
        lock (_gate)
        {
            var isMute = IsOver(_answerSince);
            silent = isMute || IsOver(_signSince) ? _connection : null;
            if (silent is null)
            {
                Arm();
            }
            else
            {
                FoundMute = isMute || !_hasSign;
                _isAnswerDue = true;   // what the caller said went unheard
            }
        }
        silent?.Abort($"no answer within {_limit.TotalSeconds:0.#} s");
    }

    private bool IsOver(long? since) => since is { } start && _timeProvider.GetElapsedTime(start) >= _limit;

    private static long? Earlier(long? a, long? b) => a is null || b < a ? b ?? a : a;
}
