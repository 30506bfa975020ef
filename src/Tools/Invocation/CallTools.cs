using System.Text.Json;
using Tools.Catalog;

namespace Tools.Invocation;

/// <summary>The tools of one phone call at work: takes the model's calls, runs them side by side, and answers each at most once.</summary>
/// <remarks>Any thread; nothing here waits for a tool. The model's calls of one message that it waits for are answered together, others one by one.</remarks>
public sealed class CallTools : IAsyncDisposable
{
    /// <summary>Calls in work at the same time in one phone call; further ones are refused.</summary>
    public const int MaxCalls = 64;

    private volatile ToolContext _caller;
    private readonly ToolServices _services;
    private readonly IToolCallsListener _listener;
    private readonly CallBook _book;
    private readonly CallRecorder _recorder;

    /// <summary>Nothing runs yet.</summary>
    /// <param name="tools">What the agent of the call may use; not given back here.</param>
    /// <param name="caller">What tools may know of the call.</param>
    /// <param name="services">What the tools of all calls use.</param>
    /// <param name="listener">Hears answers and news.</param>
    public CallTools(ToolSet tools, ToolContext caller, ToolServices services, IToolCallsListener listener)
    {
        (Tools, _caller, _services, _listener) = (tools, caller, services, listener);
        _book = new CallBook(tools, services, caller.CallId);
        _recorder = new CallRecorder(services, listener);
    }

    /// <summary>What the agent may use.</summary>
    public ToolSet Tools { get; }

    /// <summary>Calls of tools that are neither answered nor withdrawn, oldest first.</summary>
    public IReadOnlyList<ToolRun> Running => [.. _book.Open.Where(call => call.Tool is not null).Select(call => new ToolRun(call.Request, call.Tool!, call.RequestedAt))];

    /// <summary>Begins all calls of one message of the model; ignored after <see cref="End"/>.</summary>
    /// <param name="requests">An id that is still in work is ignored: it is answered once.</param>
    public void Begin(IReadOnlyList<ToolRequest> requests)
    {
        foreach (var call in _book.Add(requests))
            _ = RunAsync(call);   // ends in the book; DisposeAsync waits for it there
    }

    /// <summary>The model has withdrawn calls: their work is cancelled, and they are never answered. Where the answer has just been given, what was done is undone if it can be.</summary>
    /// <param name="requestIds">Unknown ones, and those that were answered some time ago, are ignored.</param>
    /// <param name="reason">For the record.</param>
    public void Cancel(IEnumerable<string> requestIds, string reason)
    {
        var ids = requestIds.ToList();
        var crossed = _book.WithdrawAnswered(ids, reason);
        foreach (var answers in _book.Withdraw(ids, reason))
            Send(answers);
        foreach (var call in crossed)
            _ = UndoAsync(call);   // ends in the book, too
    }

    /// <summary>The caller has said something, so what the agent has asked them to confirm counts as answered; whether they agreed is for the model to judge.</summary>
    /// <param name="agentHeardAt">When they last heard the agent, as a timestamp of the service's clock; 0 for never. What was to be asked only after that counts as not asked yet.</param>
    public void CallerSpoke(long agentHeardAt) => _book.CallerSpoke(agentHeardAt);

    /// <summary>Somebody else is on the line: tools that begin from now on are told of them, and nothing that was asked for or agreed to before counts.</summary>
    /// <param name="caller">What tools may know of the call now; the same call.</param>
    public void CallerChanged(ToolContext caller)
    {
        _caller = caller with { Trace = _caller.Trace };
        _book.CallerChanged();
    }

    /// <summary>The phone call is over: everything is withdrawn, and nothing begins any more.</summary>
    /// <param name="reason">For the record.</param>
    public void End(string reason) => _book.End(reason);

    /// <summary>Ends, and waits until all work has ended or was given up, and is recorded: a little over two seconds, and up to its tool's time limit for undoing.</summary>
    public async ValueTask DisposeAsync()
    {
        End("the call is over");
        await _book.Idle;
    }

    private async Task RunAsync(PendingCall call)
    {
        // Whoever hands the model's calls in reads its messages, and must not be held up by a tool.
        await Task.Yield();
        try
        {
            _recorder.Begin(call);
            var prepared = Prepare(call);
            call.Wish = prepared.Wish;
            var end = prepared.Refusal is { } refusal ? WorkEnd.Refused(refusal) : await WorkAsync(call, prepared);
            Send(_book.Settle(call, end));
            _recorder.End(call, await call.Settled.Task ? end : await WithdrawnAsync(call));
        }
#pragma warning disable CA1031 // a bug here costs this call only
        catch (Exception e)
#pragma warning restore CA1031
        {
            _services.Logger.RunFailed(e, _caller.CallId, call.Request.Name);
            Send(_book.Settle(call, WorkEnd.Broken(call.Request.Name)));
        }
        finally
        {
            call.Recorded.SetResult();
            _book.Leave();
        }
    }

    // The record of its first end is written by then, or soon after: this one comes last.
    private async Task UndoAsync(PendingCall call)
    {
        await call.Recorded.Task;
        try
        {
            _recorder.End(call, await WithdrawnAsync(call));
        }
        finally
        {
            _book.Leave();
        }
    }

    private PreparedCall Prepare(PendingCall call)
    {
        if (call.Tool is not { } tool)
            return PreparedCall.Refused(ToolWords.UnknownTool(call.Request.Name, Tools.Tools.Select(known => known.Name)));
        return call.IsOneTooMany ? PreparedCall.Refused(ToolWords.TooManyCalls(tool.Name)) : PreparedCall.Of(tool, call.Request.ArgumentsJson);
    }

    private async Task<WorkEnd> WorkAsync(PendingCall call, PreparedCall prepared)
    {
        while (true)
        {
            var (refusal, isNew) = _book.Assign(call, prepared.Wish, () => NewWork(call, prepared.Arguments));
            if (refusal is not null)
                return WorkEnd.Refused(refusal);
            var work = call.Work!;
            if (isNew)
                await work.RunAsync();
            var end = await work.EndAsync();
            _book.Ended(prepared.Wish, work, end);
            // A repetition of what came to nothing because it was withdrawn has to be run itself.
            if (isNew || end.Outcome is not (ToolOutcome.Cancelled or ToolOutcome.Compensated))
                return isNew ? end : end.ForRepetition();
        }
    }

    private ToolWork NewWork(PendingCall call, JsonElement arguments)
    {
        ToolWork? work = null;
        return work = new ToolWork(call.Tool!, arguments, call.Arguments, _caller with { IdempotencyKey = call.Key }, _services, call.RequestedAt, (news, scheduling) => Tell(work!, news, scheduling));
    }

    private async Task<WorkEnd> WithdrawnAsync(PendingCall call)
    {
        if (call.Work is not { } work)
            return WorkEnd.Cancelled(call.WithdrawnBecause!);
        var end = await work.EndAsync();
        _book.Ended(call.Wish, work, end);
        return call.IsRepetition ? WorkEnd.Cancelled(call.WithdrawnBecause!) : end.Noting($"Withdrawn: {call.WithdrawnBecause}.");
    }

    private void Tell(ToolWork work, JsonElement news, ToolScheduling scheduling)
    {
        foreach (var call in _book.WaitingFor(work))
        {
            _recorder.News(call, news);
            if (!call.IsBlocking)
                Send([call.Answer(news, scheduling, ToolOutcome.Running)]);
        }
    }

    private void Send(List<ToolAnswer> answers)
    {
        if (answers.Count > 0)
            _listener.OnAnswers(answers);
    }
}
