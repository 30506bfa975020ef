using Tools.Catalog;

namespace Tools.Invocation;

/// <summary>Which calls of the model are open, what does their work, and what is due as an answer: everything of one phone call that must not be seen half changed.</summary>
/// <remarks>Any thread; its lock is held for a few lines at a time and never while foreign code runs. What is due is handed on by whoever asked.</remarks>
internal sealed class CallBook(ToolSet tools, ToolServices services, string callId)
{
    // An answer and its call's withdrawal pass each other within a few round trips; later the model has taken the answer.
    private static readonly TimeSpan CrossingTime = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Wishes _wishes = new(services.Time);
    private readonly Dictionary<string, PendingCall> _open = new(StringComparer.Ordinal);
    private readonly List<PendingCall> _answered = [];   // the latest ones
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inWork;
    private bool _isEnded;

    /// <summary>Calls that are neither answered nor withdrawn, oldest first.</summary>
    public IReadOnlyList<PendingCall> Open { get { lock (_gate) return [.. _open.Values.OrderBy(call => call.RequestedAt)]; } }

    /// <summary>Completes when the phone call is over and no call is in work any more.</summary>
    public Task Idle => _idle.Task;

    /// <summary>Takes the calls of one message in.</summary>
    /// <returns>Those that are to be run, each to be given back by <see cref="Leave"/>.</returns>
    public List<PendingCall> Add(IReadOnlyList<ToolRequest> requests)
    {
        var added = new List<PendingCall>(requests.Count);
        var waitedFor = new List<PendingCall>(requests.Count);
        lock (_gate)
        {
            foreach (var request in _isEnded ? [] : requests)
            {
                var tool = tools.Find(request.Name);
                var isBlocking = tool is not { Policy.Behavior: ToolBehavior.NonBlocking };
                var call = new PendingCall(request, tool, services.Time.GetTimestamp(), isBlocking ? waitedFor : []);
                if (!_open.TryAdd(request.Id, call))
                {
                    services.Logger.RepeatedId(callId, request.Id);
                    continue;
                }
                call.Batch.Add(call);
                added.Add(call);
                call.IsOneTooMany = ++_inWork > CallTools.MaxCalls;
            }
        }
        return added;
    }

    /// <summary>Decides what does the work of a call: what the same wish has begun, or new work.</summary>
    /// <returns>Words for the model where nothing does; and whether the work is new and to be started.</returns>
    public (string? Refusal, bool IsNew) Assign(PendingCall call, string wish, Func<ToolWork> begin)
    {
        lock (_gate)
        {
            var policy = call.Tool!.Policy;
            if (!call.IsOpen)
                return (ToolWords.Cancelled(call.Tool), false);
            call.Work = policy.DuplicateWindow > TimeSpan.Zero ? _wishes.Find(wish) : null;
            if (call.Work is { } known)
            {
                known.Join();
                return (null, false);
            }
            if (policy.Confirm && _wishes.Confirm(wish, call.Tool.Name) is { } words)
                return (words, false);
            call.Work = begin();
            _wishes.Add(wish, call.Work, policy.DuplicateWindow);
            return (null, true);
        }
    }

    /// <summary>Notes that work has ended, or was undone after its end.</summary>
    public void Ended(string wish, ToolWork work, WorkEnd end)
    {
        lock (_gate)
            _wishes.Ended(wish, work, end);
    }

    /// <summary>A call has come to its end.</summary>
    /// <returns>The answers that are due now; none while others of its message are not ready.</returns>
    public List<ToolAnswer> Settle(PendingCall call, WorkEnd end)
    {
        lock (_gate)
        {
            call.End = end;
            return Due(call.Batch);
        }
    }

    /// <summary>Calls are withdrawn and are not answered any more.</summary>
    /// <returns>The answers that are due now, message by message: the others may have waited for these.</returns>
    public List<List<ToolAnswer>> Withdraw(IEnumerable<string> requestIds, string reason)
    {
        var due = new List<List<ToolAnswer>>();
        lock (_gate)
        {
            var calls = requestIds.Distinct(StringComparer.Ordinal).Select(id => _open.GetValueOrDefault(id)).OfType<PendingCall>().ToList();
            calls.ForEach(call => Withdraw(call, reason));
            foreach (var batch in calls.Select(call => call.Batch).Distinct())
                due.Add(Due(batch));
        }
        return due;
    }

    /// <summary>Of calls that are withdrawn, those whose answer was on its way: nobody takes it any more.</summary>
    /// <returns>Each to be given back by <see cref="Leave"/>.</returns>
    public List<PendingCall> WithdrawAnswered(IEnumerable<string> requestIds, string reason)
    {
        lock (_gate)
        {
            var ids = requestIds.ToHashSet(StringComparer.Ordinal);
            var crossed = _answered.FindAll(call => call.Work is not null && ids.Contains(call.Request.Id) && services.Time.GetElapsedTime(call.AnsweredAt!.Value) < CrossingTime);
            foreach (var call in crossed)
            {
                _answered.Remove(call);
                call.WithdrawnBecause = reason;
                call.Work!.Withdraw();
                _inWork++;
            }
            return crossed;
        }
    }

    /// <summary>Open calls that wait for a work.</summary>
    public List<PendingCall> WaitingFor(ToolWork work)
    {
        lock (_gate)
            return [.. _open.Values.Where(call => call.Work == work)];
    }

    /// <summary>See <see cref="CallTools.CallerChanged"/>.</summary>
    public void CallerChanged()
    {
        lock (_gate)
            _wishes.Clear();
    }

    /// <summary>See <see cref="CallTools.CallerSpoke"/>.</summary>
    public void CallerSpoke(long agentHeardAt)
    {
        lock (_gate)
            _wishes.CallerSpoke(agentHeardAt);
    }

    /// <summary>All calls are withdrawn, and none is taken in any more.</summary>
    public void End(string reason)
    {
        lock (_gate)
        {
            _isEnded = true;
            foreach (var call in _open.Values.ToList())
                Withdraw(call, reason);
            if (_inWork == 0)
                _idle.TrySetResult();
        }
    }

    /// <summary>A call is recorded and done with.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_inWork == 0 && _isEnded)
                _idle.TrySetResult();
        }
    }

    private void Withdraw(PendingCall call, string reason)
    {
        _open.Remove(call.Request.Id);
        call.WithdrawnBecause = reason;
        call.Work?.Withdraw();
        call.Settled.SetResult(false);
    }

    private List<ToolAnswer> Due(List<PendingCall> batch)
    {
        if (batch.Exists(call => call is { IsOpen: true, End: null }))
            return [];
        var due = batch.FindAll(call => call.IsOpen);
        foreach (var call in due)
        {
            _open.Remove(call.Request.Id);
            call.AnsweredAt = services.Time.GetTimestamp();
            call.Settled.SetResult(true);
            _answered.Add(call);
        }
        _answered.RemoveRange(0, Math.Max(0, _answered.Count - CallTools.MaxCalls));
        return due.ConvertAll(call => call.Answer(call.End!.Response, call.End.Scheduling, call.End.Outcome));
    }
}
