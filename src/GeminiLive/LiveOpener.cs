namespace GeminiLive;

/// <summary>Opens the connections of one session: the first in a few attempts, later ones in as many as the budget of an outage allows.</summary>
/// <remarks>Owned by the session's loop; the old connection has been closed before it is called, and a failed one before the next is opened.</remarks>
internal sealed class LiveOpener(
    ILiveConnector connector, LiveConnectGate gate, LiveWarmPool pool, LiveSessionConfig config, LiveOptions options, LiveHistory history,
    LiveResumption resumption, TimeProvider timeProvider, ILogger logger, string callId)
{
    // The caller hears it ring meanwhile: a fault that may have passed is given one more attempt, no long wait.
    private const int FirstAttempts = 2;

    private readonly LiveBreaker[] _breakers = [.. config.Targets.Select(target => gate.For(target))];

    private Task<(LiveTarget Target, WarmSocket? Socket)>? _next;
    private CancellationTokenSource? _preparing;

    /// <summary>What the next connection is set up with.</summary>
    public LiveSessionConfig Config { get; set; } = config;

    /// <summary>True unless <see cref="Prepare"/> is still at work.</summary>
    public bool IsPrepared => _next is null or { IsCompleted: true };

    /// <summary>Opens the socket of the next connection while the present one still lives; only its setup has to wait until that is closed.</summary>
    public void Prepare(CancellationToken cancellationToken)
    {
        if (_next is not null)
            return;
        _preparing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _next = PrepareAsync(Config.Targets[resumption.Target], _preparing.Token);
    }

    /// <summary>Gives up what was prepared and not used.</summary>
    public async Task DropPreparedAsync()
    {
        if (_next is null)
            return;
        await _preparing!.CancelAsync();   // the address may not answer at all
        (await _next).Socket?.Dispose();
        Forget();
    }

    /// <summary>The first connection: two attempts for each target, within <see cref="LiveOptions.ConnectTimeout"/>.</summary>
    public Task<(LiveConnection? Connection, LiveFailure? Failure)> OpenAsync(CancellationToken cancellationToken) =>
        TryAsync(options.ConnectTimeout, FirstAttempts * Config.Targets.Count, hasBackoff: false, cancellationToken);

    /// <summary>Tries until the session is back, until trying is of no use, or until the budget is spent.</summary>
    public async Task<(LiveConnection? Connection, LiveFailure? Failure)> ReopenAsync(CancellationToken cancellationToken)
    {
        if (resumption.IsHopeless)
            return (null, new LiveFailure(LiveFailureKind.BudgetSpent, Code: null, "the model stays mute"));
        var (connection, failure) = await TryAsync(resumption.BudgetLeft, int.MaxValue, hasBackoff: true, cancellationToken);
        return (connection, failure is { IsTransient: true } ? failure with { Kind = LiveFailureKind.BudgetSpent } : failure);
    }

    private async Task<(LiveConnection? Connection, LiveFailure? Failure)> TryAsync(
        TimeSpan budget, int attempts, bool hasBackoff, CancellationToken cancellationToken)
    {
        var end = new Deadline(timeProvider, budget);
        var last = new LiveFailure(LiveFailureKind.Unreachable, Code: null, "the service is down");
        while (attempts-- > 0 && await WaitAsync(end, hasBackoff, cancellationToken))
        {
            var (connection, failure) = await AttemptAsync(end.Left, cancellationToken);
            if (connection is not null || cancellationToken.IsCancellationRequested)
                return (connection, failure);
            // An outage has many attempts that fail alike, in every call.
            var isNews = resumption.Attempts == 1 || (failure!.Kind, failure.Code) != (last.Kind, last.Code);
            last = failure!;
            logger.AttemptFailed(isNews ? LogLevel.Information : LogLevel.Debug, callId, resumption.Attempts, Config.Targets[resumption.Target].Name, last.Kind, last.Code, last.Detail);
            if (resumption.TargetTimeLeft <= TimeSpan.Zero)
                resumption.LeaveTarget();
            else if (!resumption.MayTryAgain(last))
                break;
        }
        return (null, cancellationToken.IsCancellationRequested ? new LiveFailure(LiveFailureKind.Cancelled, Code: null, "given up") : last);
    }

    /// <summary>Waits for the moment of the next attempt: our own backoff, or while the endpoint is down our turn to probe it.</summary>
    /// <returns>False when it would come too late.</returns>
    private async Task<bool> WaitAsync(Deadline end, bool hasBackoff, CancellationToken cancellationToken)
    {
        resumption.Attempts++;
        resumption.Avoid(target => _breakers[target].IsOpen);
        var breaker = _breakers[resumption.Target];
        var wait = hasBackoff && !breaker.IsOpen ? resumption.NextWait() : TimeSpan.Zero;
        if (wait >= end.Left)
            return false;
        await DelayAsync(wait, cancellationToken);
        while (!breaker.TryEnter(out wait))
        {
            await breaker.WhenClosed().WaitAsync(end.Cap(wait), timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!breaker.IsOpen)
                await DelayAsync(resumption.Spread(), cancellationToken);
            if (end.Left <= TimeSpan.Zero || cancellationToken.IsCancellationRequested)
                return false;
        }
        return !cancellationToken.IsCancellationRequested;
    }

    private Task DelayAsync(TimeSpan wait, CancellationToken cancellationToken) =>
        wait > TimeSpan.Zero ? NeverThrowing(Task.Delay(wait, timeProvider, cancellationToken)) : Task.CompletedTask;

    private static async Task NeverThrowing(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task<(LiveConnection? Connection, LiveFailure? Failure)> AttemptAsync(TimeSpan left, CancellationToken cancellationToken)
    {
        var limit = left < resumption.TargetTimeLeft ? left : resumption.TargetTimeLeft;
        using var timeout = new CancellationTokenSource(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var target = Config.Targets[resumption.Target];
        var start = timeProvider.GetTimestamp();
        var (connection, failure) = await ConnectAsync(target, either.Token);
        resumption.Tried(timeProvider.GetElapsedTime(start));
        if (failure is { Kind: LiveFailureKind.Cancelled } && !cancellationToken.IsCancellationRequested)
            failure = new LiveFailure(LiveFailureKind.SetupTimedOut, Code: null, $"no session within {limit.TotalSeconds:0.#} s");
        gate.Report(target, failure);
        return (connection, failure);
    }

    private async Task<(LiveConnection? Connection, LiveFailure? Failure)> ConnectAsync(LiveTarget target, CancellationToken cancellationToken)
    {
        var opening = LiveOpening.For(Config, target, history, resumption);
        if (await TakeWarmAsync(target) is { } warm)
        {
            using var sign = new CancellationTokenSource(options.SignTimeout, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(sign.Token, cancellationToken);
            var (connection, fault) = await LiveConnection.OpenAsync(warm, opening, options, timeProvider, either.Token);
            // It may have gone stale, with or without a word; that says nothing about the service.
            var isStale = fault is { Kind: LiveFailureKind.Unavailable } || (fault is { Kind: LiveFailureKind.Cancelled } && !cancellationToken.IsCancellationRequested);
            if (!isStale)
                return (connection, fault);
        }
        var (socket, failure) = await LiveUpgrade.ConnectAsync(connector, target, options, timeProvider, cancellationToken);
        return socket is null ? (null, failure) : await LiveConnection.OpenAsync(socket, opening, options, timeProvider, cancellationToken);
    }

    private async Task<(LiveTarget Target, WarmSocket? Socket)> PrepareAsync(LiveTarget target, CancellationToken cancellationToken)
    {
        if (pool.Take(target) is { } pooled)
            return (target, pooled);
        var (socket, _) = await LiveUpgrade.ConnectAsync(connector, target, options, timeProvider, cancellationToken);
        return (target, socket is null ? null : new WarmSocket(socket));
    }

    private async Task<WarmSocket?> TakeWarmAsync(LiveTarget target)
    {
        if (_next is { IsCompleted: true } prepared)
        {
            var (its, socket) = await prepared;
            if (its == target && socket is { IsGood: true })
            {
                Forget();
                return socket;
            }
        }
        await DropPreparedAsync();
        return pool.Take(target);
    }

    private void Forget()
    {
        _preparing?.Dispose();
        (_next, _preparing) = (null, null);
    }

    private readonly struct Deadline(TimeProvider timeProvider, TimeSpan budget)
    {
        private readonly long _start = timeProvider.GetTimestamp();

        public TimeSpan Left => budget - timeProvider.GetElapsedTime(_start);

        public TimeSpan Cap(TimeSpan wait) => wait < Left ? wait : Left > TimeSpan.Zero ? Left : TimeSpan.Zero;
    }
}
