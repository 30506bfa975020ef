using System.Diagnostics.CodeAnalysis;
using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>One call's session with the model: connects, streams, and fetches the session back when the connection is lost.</summary>
/// <remarks>
/// Public members may be called from any thread and do not block. Everything that happens comes to the <see cref="ILiveListener"/>, which
/// must not wait for <see cref="CloseAsync"/>. The session's loop owns one connection after the other, never two at a time.
/// </remarks>
public sealed class LiveClient : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly LiveTarget[] _targets;
    private readonly LiveOptions _options;
    private readonly ILiveListener _listener;
    private readonly Uplink _uplink;
    private readonly LiveOpener _opener;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly string _callId;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly LiveOutbox _outbox;
    private readonly LiveGreeting _greeting;
    private readonly LiveWatchdog _watchdog;
    private readonly LiveResumption _resumption;
    private readonly LiveReceiver _receiver;
    private readonly LiveToolCalls _toolCalls;
    private readonly LiveActivity[] _activities;
    private readonly UnconsumedMessages _unconsumed;
    private LivePump? _pump;
    private Task _run = Task.CompletedTask;
    private LiveSessionState _state;

    /// <summary>A session that is not connected yet; see <see cref="LiveClientFactory"/>.</summary>
    internal LiveClient(
        LiveSessionConfig config, LiveOptions options, ILiveListener listener, Uplink uplink, ILiveConnector connector,
        LiveConnectGate gate, LiveWarmPool pool, TimeProvider timeProvider, ILogger logger, string callId)
    {
        (_targets, _options, _listener, _uplink) = ([.. config.Targets], options, listener, uplink);
        (_timeProvider, _logger, _callId) = (timeProvider, logger, callId);
        History = new LiveHistory(timeProvider);
        Usage = new LiveUsage(new LivePrices(options.Prices));
        _outbox = new LiveOutbox(uplink, () => Target.Profile);
        _watchdog = new LiveWatchdog(timeProvider, options);
        _greeting = new LiveGreeting(config.Greeting, options, uplink, _outbox, _watchdog);
        _resumption = new LiveResumption(options, timeProvider, config.Targets.Count, gate.Spread)
        {
            AsksForHandles = [.. config.Targets.Select(target => target.SettingsFor(config.Settings).Resumption != false)],
        };
        _opener = new LiveOpener(connector, gate, pool, config, options, History, _resumption, timeProvider, logger, callId);
        _toolCalls = new LiveToolCalls(_outbox, History, config.Functions, () => Target.Profile) { AnswersUnknown = config.AnswersUnknownFunctions };
        _watchdog.IsModelWaiting = () => _toolCalls.IsModelWaiting;
        _activities = [.. config.Targets.Select(target => LiveActivity.For(target.SettingsFor(config.Settings).ActivityDetection, uplink.ChunkSamples))];
        Input = new LiveInput(_outbox, _toolCalls, () => Activity, _watchdog, ChangeContext, () => State is LiveSessionState.Closed or LiveSessionState.Failed, timeProvider);
        bool[] isTransparent = [.. config.Targets.Select(target => target.SettingsFor(config.Settings).TransparentResumption == true)];
        _unconsumed = new UnconsumedMessages(() => isTransparent[_resumption.Target]);
        _receiver = new LiveReceiver(listener, new LiveTurn(timeProvider, options.StaleAudioQuiet), History, _toolCalls, AddUsage, _resumption, _watchdog, _greeting, _unconsumed);
    }

    /// <summary>What was said and heard so far.</summary>
    public LiveHistory History { get; }

    /// <summary>Tokens and cost so far.</summary>
    public LiveUsage Usage { get; }

    /// <summary>The caller's audio: whoever has it writes it here, all the time, silence too.</summary>
    public Uplink Uplink => _uplink;

    /// <summary>What the model is told besides audio.</summary>
    public LiveInput Input { get; }

    /// <summary>Where the session is, or will be connected next.</summary>
    public LiveTarget Target => _targets[_resumption.Target];

    /// <summary>Where the session stands.</summary>
    public LiveSessionState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    /// <summary>Connects and sets up, once. Expected failures are values; after one the client is only good for disposal.</summary>
    public async Task<LiveConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        if (!TryMove(LiveSessionState.Connecting))
            throw new InvalidOperationException("A session connects once.");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _lifetime.Token);
        var start = _timeProvider.GetTimestamp();
        var (connection, failure) = await OpenAsync(either.Token);
        var elapsed = _timeProvider.GetElapsedTime(start);
        if (connection is null)
        {
            TryMove(LiveSessionState.Failed);
            _logger.NotReady(_callId, failure!.Kind, failure.Code, failure.Detail);
            return new LiveConnectResult(elapsed, failure);
        }
        return Begin(connection, elapsed);
    }

    /// <summary>Lets the model speak first; the caller's first words are held back a moment (<see cref="LiveOptions.GreetingGuard"/>).</summary>
    public void StartGreeting() => _greeting.Ask();

    /// <summary>Tells the model something in writing, such as a dialled digit; kept during a reconnect.</summary>
    /// <param name="text">What the model reads as the caller's input.</param>
    /// <param name="expectsAnswer">True asks for an answer at once, cutting a running one; false leaves it to the model.</param>
    /// <returns>False when the session is over, or far too much is waiting.</returns>
    public bool SendText(string text, bool expectsAnswer)
    {
        if (State is LiveSessionState.Closed or LiveSessionState.Failed)
            return false;
        var isTaken = _outbox.TryAdd(profile => ClientMessages.Text(text, expectsAnswer, profile));
        if (!isTaken)
            _logger.OutboxFull(_callId);
        else if (expectsAnswer)
            _watchdog.Expect(isAsked: true);
        return isTaken;
    }

    /// <summary>Reminds the model in writing that the caller waits for an answer, in the way of its family.</summary>
    /// <returns>False when the session is over, or far too much is waiting.</returns>
    public bool Nudge(string text) => Input.SendText(text);

    /// <summary>True while the model owes an answer and has not begun it.</summary>
    public bool OwesAnswer => _watchdog.IsAnswerDue;

    /// <summary>What the model is saying is void, as if the caller had cut in: the listener hears of it at once, and nothing more of that turn comes.</summary>
    public void CutAnswer() => _receiver.InterruptHere();

    /// <summary>
    /// Gives up a connection on which no answer comes and fetches the session back on a new one, where the answer is asked for in writing.
    /// A restored session that has stayed mute is not restored once more.
    /// </summary>
    /// <param name="cause">What was observed; becomes the reason of <see cref="ConnectionLost"/>.</param>
    /// <returns>False when there is no connection, or one that is younger than <see cref="LiveOptions.SignTimeout"/>.</returns>
    public bool Reconnect(string cause) => _watchdog.Reject(cause, _options.SignTimeout);

    /// <summary>Ends the session with close code 1000; no event follows. May be called more than once.</summary>
    public async Task CloseAsync()
    {
        Task run;
        LivePump? pump;
        lock (_gate)
        {
            if (_state != LiveSessionState.Failed)
                _state = LiveSessionState.Closed;
            (run, pump) = (_run, _pump);
        }
        await _lifetime.CancelAsync();
        pump?.Stop();
        await run;
        _watchdog.Dispose();
        History.Complete();
        (_listener as LiveEventStream)?.Complete();
    }

    /// <inheritdoc cref="CloseAsync"/>
    public async ValueTask DisposeAsync() => await CloseAsync();

    // A fallback may detect in another way than the place before it.
    private LiveActivity Activity => _activities[_resumption.Target];

    [SuppressMessage("Design", "CA1031", Justification = "A bug on the way to the first connection is told like any other failure: nobody would hear of it otherwise.")]
    private async Task<(LiveConnection? Connection, LiveFailure? Failure)> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _opener.OpenAsync(cancellationToken);
        }
        catch (Exception e)
        {
            _logger.LoopFailed(e, _callId);
            return (null, new LiveFailure(LiveFailureKind.Fault, Code: null, e.Message));
        }
    }

    // Asked before every message, and most models never do.
    private Func<bool> HoldsAudio() => Target.Profile.HoldsAudioDuringCalls ? () => _toolCalls.HoldsAudio : static () => false;

    private void AddUsage(UsageReported usage) => Usage.Add(usage, Target.Model);

    private byte[] ChangeContext(string? systemInstruction, IReadOnlyList<LiveFunction>? functions)
    {
        // The next connection is set up with what holds by then.
        var config = _opener.Config;
        _opener.Config = config with { SystemInstruction = systemInstruction ?? config.SystemInstruction, Functions = functions ?? config.Functions };
        if (functions is not null)
            _toolCalls.Functions = functions;
        return ClientMessages.ContextUpdate(systemInstruction, functions, Target.SettingsFor(config.Settings), Target.Profile);
    }

    private LiveConnectResult Begin(LiveConnection connection, TimeSpan setupTime)
    {
        lock (_gate)
        {
            if (_state == LiveSessionState.Connecting)
            {
                _state = LiveSessionState.Open;
                _run = Task.Run(() => RunAsync(connection, new LiveReady(setupTime, connection.Message.SessionId)), CancellationToken.None);
                return new LiveConnectResult(setupTime, Failure: null);
            }
        }
        connection.Abort("closed");
        connection.Dispose();
        return new LiveConnectResult(setupTime, new LiveFailure(LiveFailureKind.Cancelled, Code: null, "closed"));
    }

    [SuppressMessage("Design", "CA1031", Justification = "Top of the session's loop: a bug ends this session only.")]
    private async Task RunAsync(LiveConnection first, LiveReady ready)
    {
        try
        {
            _logger.Ready(_callId, Target.Model, (long)ready.SetupTime.TotalMilliseconds);
            _listener.OnEvent(ready);
            for (LiveConnection? connection = first; connection is not null; connection = await ResumeAsync())
                await ServeAsync(connection);
        }
        catch (Exception e)
        {
            _logger.LoopFailed(e, _callId);
            Fail(new LiveFailure(LiveFailureKind.Fault, Code: null, e.Message));
        }
        finally
        {
            await _opener.DropPreparedAsync();
        }
    }

    /// <summary>One connection, from its accepted setup until nothing uses it any more.</summary>
    private async Task ServeAsync(LiveConnection connection)
    {
        using var owned = connection;
        using var pump = new LivePump(connection, _receiver, _outbox, _uplink, _watchdog, Activity, _opener, HoldsAudio(), _unconsumed,
            _options, _timeProvider, _lifetime.Token);
        _resumption.Opened();
        lock (_gate)
            _pump = pump;
        if (!TryMove(LiveSessionState.Open))
            pump.Stop();
        _greeting.AskAgainIfLost();
        _watchdog.Watch(connection);
        try
        {
            await pump.RunAsync(error => _logger.ServerError(_callId, error));
        }
        finally
        {
            lock (_gate)
                _pump = null;
            _watchdog.Unwatch();
        }
        if (TryMove(LiveSessionState.Resuming))
            Lose(connection, pump.IsChangingOver);
    }

    private void Lose(LiveConnection connection, bool isPlanned)
    {
        var (code, reason) = (connection.CloseCode, connection.CloseReason);
        if (isPlanned)
            _logger.ChangesOver(_callId);
        else
            _logger.Lost(_callId, code, reason);
        if (connection.MalformedMessages + _receiver.MalformedAudioParts > 0)
            _logger.Malformed(_callId, connection.MalformedMessages, _receiver.MalformedAudioParts);
        var turn = _receiver.ConnectionLost();
        _resumption.Lost(new LiveLoss(code, reason, _watchdog.FoundMute, isPlanned));
        if (LiveCloseReasons.BlamesContent(code))
        {
            _uplink.Clear();
            _outbox.Clear();
        }
        else if (!isPlanned)
        {
            _uplink.Rewind();
        }
        _listener.OnEvent(new ConnectionLost(code, reason, isPlanned, turn));
    }

    /// <summary>The session's next connection; null when it is closed or lost for good.</summary>
    private async Task<LiveConnection?> ResumeAsync()
    {
        if (_lifetime.IsCancellationRequested)
            return null;
        var (connection, failure) = await _opener.ReopenAsync(_lifetime.Token);
        if (connection is not null)
            return Announce(connection);
        return _lifetime.IsCancellationRequested ? null : Fail(failure!);
    }

    private LiveConnection Announce(LiveConnection connection)
    {
        // Before it is told: who hears of it looks at the state.
        TryMove(LiveSessionState.Open);
        var resumed = new Resumed(_resumption.Gap, _resumption.Attempts, IsFresh: _resumption.Handle is null);
        _logger.BackAgain(_callId, Target.Name, Target.Model, (long)resumed.Gap.TotalMilliseconds, resumed.Attempts, resumed.IsFresh);
        var unconsumed = _unconsumed.Reopen();
        if (!resumed.IsFresh)
        {
            History.Resumed();
            _outbox.PutFirst(unconsumed);
        }
        _toolCalls.Reopened(resumed.IsFresh);
        _listener.OnEvent(resumed);
        return connection;
    }

    private LiveConnection? Fail(LiveFailure failure)
    {
        if (!TryMove(LiveSessionState.Failed))
            return null;
        _logger.GivenUp(_callId, failure.Kind, failure.Code, failure.Detail);
        _listener.OnEvent(new LiveFailed(failure));
        return null;
    }

    /// <summary>Changes the state unless the session has ended.</summary>
    private bool TryMove(LiveSessionState to)
    {
        lock (_gate)
        {
            if (_state is LiveSessionState.Closed or LiveSessionState.Failed || (to == LiveSessionState.Connecting && _state != LiveSessionState.Idle))
                return false;
            _state = to;
            return true;
        }
    }
}
