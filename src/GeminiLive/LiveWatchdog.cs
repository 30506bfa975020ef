namespace GeminiLive;

/// <summary>
/// Notices a model that owes an answer and stays silent, a server of which nothing at all is heard although something is due, a turn that never ends,
/// and a send that gets stuck; each ends the connection, and the session is fetched back.
/// </summary>
/// <remarks>
/// Any thread. What is due stays due over a reconnect, where it is asked for in writing (<see cref="LiveGreeting.AskAgainIfLost"/>): a model may
/// pass over words that were not meant for it, but a living one answers that, or at least ends its turn. All times are monotonic, and none is over
/// before input that has piled up while the process stood still could be read (<see cref="Grace"/>).
/// </remarks>
internal sealed class LiveWatchdog : IDisposable
{
    /// <summary>Time between the first suspicion and the end of the connection.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly TimeProvider _timeProvider;
    private readonly LiveOptions _options;
    private readonly ITimer _timer;
    private LiveConnection? _connection;
    private long _watchedSince;
    private bool _isAnswerDue;
    private bool _isWorking;
    private bool _hasSign;
    private long _lastSign;
    private long? _suspectedAt;
    private TimeSpan _signLimit;
    private LiveWait _answer;
    private LiveWait _sign;
    private LiveWait _turnEnd;
    private LiveWait _send;

    /// <summary>A watchdog that watches nothing yet.</summary>
    /// <param name="timeProvider">The session's clock.</param>
    /// <param name="options">The limits.</param>
    public LiveWatchdog(TimeProvider timeProvider, LiveOptions options)
    {
        _timeProvider = timeProvider;
        _options = options;
        _signLimit = options.SignTimeout;
        _timer = timeProvider.CreateTimer(_ => Check(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the model waits for us and rightly says nothing: it is not taken for mute meanwhile. Set once, before the first connection.</summary>
    public Func<bool> IsModelWaiting { get; set; } = () => false;

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
            _watchedSince = _timeProvider.GetTimestamp();
            _hasSign = FoundMute = false;
            if (_isAnswerDue)
                StartAnswer(isAsked: true);
            Arm();
        }
    }

    /// <summary>The connection has ended: nobody can answer now.</summary>
    public void Unwatch()
    {
        lock (_gate)
        {
            _connection = null;
            _isWorking = false;
            _answer = _sign = _turnEnd = _send = default;
            Arm();
        }
    }

    /// <summary>From now on the model owes an answer; more words of the caller give it more time.</summary>
    /// <param name="isAsked">True when it was asked for in writing: a living server then gives some sign soon.</param>
    public void Expect(bool isAsked = false)
    {
        lock (_gate)
        {
            _isAnswerDue = true;
            if (_connection is not null)
                StartAnswer(isAsked);
            Arm();
        }
    }

    /// <summary>The model has begun to answer, or has ended its turn.</summary>
    public void Satisfy()
    {
        lock (_gate)
        {
            if (!_isAnswerDue && !_answer.IsRunning)
                return;   // each of a turn's messages says so
            _isAnswerDue = false;
            _answer = default;
            Arm();
        }
    }

    /// <summary>The caller has said something: a living server reacts, if only by a transcript. More words give it no more time.</summary>
    /// <param name="ago">How long ago the words ended; a sign since then will do.</param>
    public void ExpectSign(TimeSpan ago)
    {
        lock (_gate)
        {
            var since = _timeProvider.GetTimestamp() - (long)(ago.TotalSeconds * _timeProvider.TimestampFrequency);
            if (_sign.IsRunning || _connection is null || (_hasSign && _lastSign >= since) || IsModelWaiting())
                return;
            _sign = new LiveWait(since, _signLimit);
            Arm();
        }
    }

    /// <summary>The server has sent something, whatever it was.</summary>
    public void NoteSign()
    {
        lock (_gate)
        {
            _hasSign = true;
            _lastSign = _timeProvider.GetTimestamp();
            _signLimit = _options.SignTimeout;
            _sign = default;
        }
    }

    /// <summary>Output has come, and its turn is not over: more or its end has to follow once this has been played.</summary>
    /// <param name="audio">How long it plays.</param>
    public void ExpectTurnEnd(TimeSpan audio)
    {
        lock (_gate)
        {
            if (_connection is null)
                return;
            var now = _timeProvider.GetTimestamp();
            var played = _turnEnd.IsRunning && _turnEnd.Since > now ? _turnEnd.Since : now;
            var wasRunning = _turnEnd.IsRunning;
            _turnEnd = new LiveWait(played + (long)(audio.TotalSeconds * _timeProvider.TimestampFrequency), _options.TurnEndTimeout);
            if (!wasRunning)
                Arm();   // a running timer looks again by itself
        }
    }

    /// <summary>The model thinks for longer, or has finished that: its answers may take as long as the end of a turn meanwhile.</summary>
    public void NoteWorking(bool isWorking)
    {
        lock (_gate)
            _isWorking = isWorking && _connection is not null;
    }

    /// <summary>Nothing of the turn is to come any more.</summary>
    public void EndTurn()
    {
        lock (_gate)
            _turnEnd = default;
    }

    /// <summary>A message waits for room on its way to the server, or has got it.</summary>
    public void NoteSending(bool isStuck)
    {
        lock (_gate)
        {
            _send = isStuck && _connection is not null ? new LiveWait(_timeProvider.GetTimestamp(), _options.SignTimeout) : default;
            Arm();
        }
    }

    /// <summary>What came as an answer was none: the connection is ended as a mute one.</summary>
    /// <returns>False when there is no connection, or one so young that nothing can be held against it.</returns>
    public bool Reject(string cause, TimeSpan youth = default)
    {
        LiveConnection? rejected;
        lock (_gate)
        {
            rejected = _timeProvider.GetElapsedTime(_watchedSince) >= youth ? _connection : null;
            if (rejected is null)
                return false;
            FoundMute = _isAnswerDue = true;
        }
        rejected.Abort(cause);
        return true;
    }

    public void Dispose() => _timer.Dispose();

    private void StartAnswer(bool isAsked)
    {
        if (IsModelWaiting())
            return;   // told again with the answer that it waits for
        var now = _timeProvider.GetTimestamp();
        _answer = new LiveWait(now, _isWorking ? _options.TurnEndTimeout : _options.TurnTimeout);
        if (isAsked && !_sign.IsRunning)
            _sign = new LiveWait(now, _signLimit);
    }

    private void Arm()
    {
        if (FirstDue is not { } left)
        {
            _suspectedAt = null;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }
        if (left > Grace)
            _suspectedAt = null;
        var wait = _suspectedAt is { } suspected ? Later(left, Grace - _timeProvider.GetElapsedTime(suspected)) : left - Grace;
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Check()
    {
        LiveConnection? silent = null;
        var cause = "";
        lock (_gate)
        {
            if (FirstDue is { } left && left <= Grace && _suspectedAt is null)
                _suspectedAt = _timeProvider.GetTimestamp();
            else if (FirstDue <= TimeSpan.Zero && _suspectedAt is { } at && _timeProvider.GetElapsedTime(at) >= Grace)
                (silent, cause) = (_connection, Condemn());
            if (silent is null)
                Arm();
        }
        silent?.Abort(cause);
    }

    private string Condemn()
    {
        var now = _timeProvider.GetTimestamp();
        bool IsOver(LiveWait wait) => wait.Left(_timeProvider, now) <= TimeSpan.Zero;
        var isMute = IsOver(_answer);
        // A new connection without any sign is as bad as a mute one; and the next one gets more time.
        FoundMute = isMute || (IsOver(_sign) && !_hasSign);
        if (IsOver(_sign))
            _signLimit = _signLimit * 2 < _options.TurnTimeout ? _signLimit * 2 : _options.TurnTimeout;
        _isAnswerDue = true;   // what the caller said went unheard, or the answer was cut
        var cause = isMute ? $"no answer within {_answer.Limit.TotalSeconds:0.#} s"
            : IsOver(_sign) ? "no sign of the server while something was due"
            : IsOver(_send) ? "a message could not be sent" : "the turn has not ended";
        _answer = _sign = _turnEnd = _send = default;   // once is enough
        return cause;
    }

    private TimeSpan? FirstDue
    {
        get
        {
            var now = _timeProvider.GetTimestamp();
            TimeSpan? first = null;
            foreach (var wait in (ReadOnlySpan<LiveWait>)[_answer, _sign, _turnEnd, _send])
            {
                if (wait.IsRunning && !(wait.Left(_timeProvider, now) >= first))
                    first = wait.Left(_timeProvider, now);
            }
            return first;
        }
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
