using System.Text.Json;

namespace Tools.Invocation;

/// <summary>One execution of a tool for one wish of the model: its place among the tool's runs, the ledger, the attempts, the time limit, cancellation, undoing.</summary>
/// <remarks>Any thread. Calls that repeat the wish share it; it is cancelled when the last of them is withdrawn.</remarks>
internal sealed class ToolWork
{
    // A tool that minds its token says quickly what it has done; one that does not is given up.
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(250);

    // Nobody waits for it any more but the end of the phone call. What it does later is recorded, and undone, when it has done it.
    private static readonly TimeSpan WithdrawnGrace = TimeSpan.FromSeconds(2);

    private const long Never = long.MinValue;

    private readonly Lock _gate = new();
    private readonly Tool _tool;
    private readonly ToolServices _services;
    private readonly string _callId;
    private readonly ToolContext _context;
    private readonly string _redactedArguments;
    private readonly ToolNews _news;
    private readonly ToolAttempts _attempts;
    private readonly ToolUndoing _undoing;
    private readonly LedgerEntries _ledger;
    private readonly TaskCompletionSource _stop = new();
    private readonly TaskCompletionSource<WorkEnd> _ended = new();
    private readonly long _requestedAt;
    private long _endedAt = Never;
    private long _goneAt = Never;
    private Task<WorkEnd>? _undone;
    private int _wishes = 1;
    private bool _isCancelled;
    private bool _isIntended;
    private bool _isAbandoned;

    /// <summary>Work that is not begun yet, wanted by one call.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">A JSON object that was checked.</param>
    /// <param name="redactedArguments">The same for the ledger.</param>
    /// <param name="context">With the key of this work.</param>
    /// <param name="services">What all work shares.</param>
    /// <param name="requestedAt">When the model's call came; the time limit counts from there.</param>
    /// <param name="tell">Takes what the tool reports before its end.</param>
    public ToolWork(Tool tool, JsonElement arguments, string redactedArguments, ToolContext context, ToolServices services, long requestedAt, Action<JsonElement, ToolScheduling> tell)
    {
        (_tool, _redactedArguments, _services, _requestedAt, _callId, Key) = (tool, redactedArguments, services, requestedAt, context.CallId, context.IdempotencyKey);
        _news = new ToolNews(tool, context.CallId, services, tell);
        var full = _context = context with { Progress = _news, Time = services.Time };
        _attempts = new ToolAttempts(tool, arguments, full, services);
        _undoing = new ToolUndoing(tool, arguments, full, services);
        _ledger = new LedgerEntries(services, context.CallId);
    }

    /// <summary>Idempotency key, and key in the ledger.</summary>
    public string Key { get; }

    /// <summary>Attempts that were begun.</summary>
    public int Attempts => _attempts.Count;

    /// <summary>When the tool was first called; null before.</summary>
    public long? StartedAt => _attempts.StartedAt;

    /// <summary>When it ended; null before.</summary>
    public long? EndedAt => Moment(ref _endedAt);

    /// <summary>When the tool itself had ended too, which may be long after it was given up; null before. Until then the same wish is not run again.</summary>
    public long? GoneAt => Moment(ref _goneAt);

    /// <summary>A further call wants the result.</summary>
    public void Join()
    {
        lock (_gate)
            _wishes++;
    }

    /// <summary>A call does not want it any more; with the last one the work is cancelled.</summary>
    public void Withdraw()
    {
        lock (_gate)
        {
            if (--_wishes > 0)
                return;
            _isCancelled = true;
        }
        _stop.TrySetResult();
    }

    /// <summary>The end as it is now: work that is done and that nobody wants any more is undone where that can be.</summary>
    public async Task<WorkEnd> EndAsync()
    {
        var end = await _ended.Task;
        Task<WorkEnd>? undone;
        lock (_gate)
        {
            if (_wishes == 0 && end.Outcome == ToolOutcome.Succeeded)
                _undone ??= UndoAsync(end);
            undone = _undone;
        }
        return undone is null ? end : await undone;
    }

    /// <summary>Does the work, once; its end is <see cref="EndAsync"/>.</summary>
    public async Task RunAsync()
    {
        WorkEnd end;
        var span = ToolTracing.Start(_tool, _context);
        try
        {
            end = await ExecuteAsync();
        }
#pragma warning disable CA1031 // a bug here costs this run only, and the model is answered
        catch (Exception e)
#pragma warning restore CA1031
        {
            _services.Logger.RunFailed(e, _callId, _tool.Name);
            end = await ConcludeAsync(WorkEnd.Broken(_tool.Name));
        }
        _news.Close();
        ToolTracing.End(span, end, Attempts, _services.Time.GetUtcNow());
        Volatile.Write(ref _endedAt, _services.Time.GetTimestamp());
        if (!_isAbandoned)
            Volatile.Write(ref _goneAt, _endedAt);
        _ended.SetResult(end);
    }

    private TimeSpan TimeLeft
    {
        get
        {
            var left = _tool.Policy.Timeout - _services.Time.GetElapsedTime(_requestedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    private static long? Moment(ref long moment) => Volatile.Read(ref moment) is var at and not Never ? at : null;

    private async Task<WorkEnd> ExecuteAsync()
    {
        if (!_services.Gates.TryEnter(_tool))
            return WorkEnd.Refused(ToolWords.Busy(_tool));
        using var deadline = _services.Time.CreateTimer(_ => _stop.TrySetResult(), null, TimeLeft, Timeout.InfiniteTimeSpan);
        if (!_tool.Policy.Idempotent && !await _ledger.IntendAsync(Key, _tool.Name, _redactedArguments))
        {
            _services.Gates.Leave(_tool);
            return WorkEnd.Refused(ToolWords.NoLedger(_tool));
        }
        _isIntended = !_tool.Policy.Idempotent;
        return await AttemptAsync();
    }

    private async Task<WorkEnd> AttemptAsync()
    {
        var token = new ToolToken(_tool, _services);   // disposed when the tool has ended
        var running = _attempts.RunAsync(token.Token);
        var stopping = Task.CompletedTask;
        var isStopped = await Task.WhenAny(running, _stop.Task) != running;
        var hasBegun = !isStopped || !_attempts.TryForbid();
        if (isStopped)
            await Task.Yield();   // away from the thread of whoever stopped it
        if (isStopped && hasBegun)
        {
            stopping = token.CancelAsync();
            await UntilGivenUpAsync(running);
        }
        var attempt = running.IsCompletedSuccessfully ? await running : _attempts.TryForbid() ? NeverBegun() : null;
        _isAbandoned = attempt is null;
        _ = LeaveAsync(running, stopping, token);
        return await JudgeAsync(attempt, isStopped);
    }

    private AttemptEnd NeverBegun() => new(AttemptKind.NothingDone, ResultJson.Error(ToolWords.NeverBegun(_tool))) { Note = "It never began." };

    private async Task<WorkEnd> JudgeAsync(AttemptEnd? attempt, bool isStopped)
    {
        var isWanted = IsWanted(attempt);
        var end = WorkEnd.Of(_tool, attempt, isStopped, isWanted);
        // Undoing what still runs could come before the doing.
        var isUndone = !isWanted && attempt is not null && end.Outcome is ToolOutcome.CancelledButDone or ToolOutcome.Unknown;
        return isUndone ? await UndoAsync(end) : await ConcludeAsync(end);
    }

    // What its token stopped is no answer for a call that came later; what it did all the same is one.
    private bool IsWanted(AttemptEnd? attempt)
    {
        lock (_gate)
            return _wishes > 0 && (!_isCancelled || attempt?.Kind == AttemptKind.Done);
    }

    private async Task<WorkEnd> UndoAsync(WorkEnd end) => await ConcludeAsync(await _undoing.RunAsync(end));

    private async Task<WorkEnd> ConcludeAsync(WorkEnd end)
    {
        if (!_isIntended)
            return end;
        var isWritten = await _ledger.ConcludeAsync(Key, end.Outcome, _services.Redaction.Apply(end.Response.GetRawText()), end.Note);
        return isWritten ? end : end.Noting("The ledger did not take the result.");
    }

    private async Task UntilGivenUpAsync(Task running)
    {
        using var isOver = new CancellationTokenSource();
        var grace = TimeLeft < WithdrawnGrace ? TimeLeft + StopGrace : WithdrawnGrace;
        await Task.WhenAny(running, Task.Delay(grace, _services.Time, isOver.Token));
        isOver.Cancel();
    }

    private async Task LeaveAsync(Task<AttemptEnd> running, Task stopping, ToolToken token)
    {
        if (_isAbandoned)
        {
            _services.Logger.Abandoned(_callId, _tool.Name);
            _services.Gates.GiveUp(_tool);
        }
        var attempt = await running;
        await stopping;
        token.Dispose();
        if (_isAbandoned)
        {
            _services.Gates.TakeBack(_tool);
            await ConcludeLateAsync(attempt);
        }
        _services.Gates.Leave(_tool);
    }

    private async Task ConcludeLateAsync(AttemptEnd attempt)
    {
        await _ended.Task;   // the last word in the ledger is the later one
        var isWanted = IsWanted(attempt);
        var end = WorkEnd.Of(_tool, attempt, isStopped: true, isWanted);
        _services.Logger.EndedLate(_callId, _tool.Name, end.Outcome, Key);
        if (!isWanted && end.Outcome is ToolOutcome.CancelledButDone or ToolOutcome.Unknown)
            end = await _undoing.RunAsync(end);
        Volatile.Write(ref _goneAt, _services.Time.GetTimestamp());
        if (end.Outcome != ToolOutcome.Unknown)
            await ConcludeAsync(end.Noting("It ended after it was given up; the model was told that nobody knows."));
    }
}
