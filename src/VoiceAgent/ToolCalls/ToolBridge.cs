using System.Globalization;
using GeminiLive;
using Tools;
using Tools.Catalog;
using Tools.Invocation;
using VoiceAgent.Calls;

namespace VoiceAgent.ToolCalls;

/// <summary>Joins the tools of one call to its Live session: the model's calls -> <see cref="CallTools"/> -> answers, at the moment and in the form that the model at hand takes.</summary>
/// <remarks>
/// Calls come on the session's receive loop, answers on the tools' threads, <see cref="Update"/> on the call's loop. Models that cannot go on while a function runs,
/// or follow no scheduling, soon get a placeholder, and the result in words when its time has come (<see cref="LateResults"/>). The lock is never held
/// while a tool is begun or withdrawn, nor while the session is cut.
/// </remarks>
internal sealed class ToolBridge : IToolCallsListener, IAsyncDisposable
{
    private const string Started = "Started. You will be told the result; go on with the conversation, do not call it again.";

    // A model that owes the caller an answer is about to give it; one that never does must not keep a result for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    // The service's word that it has stopped for a result comes within a round trip.
    private static readonly TimeSpan CutInWindow = TimeSpan.FromSeconds(1);

    // What is refused or done within this time has its true answer, and needs no words later.
    private static readonly TimeSpan PlaceholderAfter = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, OpenToolCall> _open = new(StringComparer.Ordinal);
    private readonly LateResults _late = new();
    private readonly AskedPoints _asked = new();
    private readonly CallTools _tools;
    private readonly ToolServices _services;
    private readonly CallBridge _bridge;
    private readonly Action<CallSignal> _post;
    private readonly ITimer _patienceOver;
    private long? _quietSince;
    private long _cutInAt;
    private int _madeUpIds;

    /// <summary>Tools that wait for calls.</summary>
    /// <param name="tools">The agent's tools; given back by the owner of the call after <see cref="DisposeAsync"/>.</param>
    /// <param name="caller">What tools may know of the call.</param>
    /// <param name="services">What the tools of all calls use.</param>
    /// <param name="bridge">The call's audio and session.</param>
    /// <param name="post">Tells the call's loop.</param>
    public ToolBridge(ToolSet tools, ToolContext caller, ToolServices services, CallBridge bridge, Action<CallSignal> post)
    {
        (_services, _bridge, _post) = (services, bridge, post);
        _tools = new CallTools(tools, caller, services, this);
        _patienceOver = services.Time.CreateTimer(_ => post(new CallSignal(null, LoopNote.ToolsChanged)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private LiveModelProfile Profile => _bridge.Live.Target.Profile;

    // Any other model is told the results of what it does not wait for in words.
    private bool IsAsync => Profile is { SupportsAsyncTools: true, SupportsScheduling: true };

    /// <summary>What the caller waits for at this moment; any thread.</summary>
    public ToolWait Wait
    {
        get
        {
            lock (_gate)
                return _open.Count == 0 ? default : ToolWait.Of(_open.Values, Profile);
        }
    }

    /// <summary>True when what the agent was saying has been cut for a result just now, and not by the caller; any thread.</summary>
    public bool HasCutIn => Volatile.Read(ref _cutInAt) is > 0 and var at && _services.Time.GetElapsedTime(at) < CutInWindow && !_bridge.Speech.IsSpeaking;

    /// <summary>The model has called: work begins before this returns. Receive loop.</summary>
    public void Requested(IReadOnlyList<LiveToolCall> calls)
    {
        OpenToolCall[] opened;
        lock (_gate)
        {
            opened = [.. calls.Select(Open)];
            if (opened.Any(call => call.Tool?.Policy.Confirm == true))
                _asked.Add(_services.Time.GetTimestamp(), _bridge.Playout.WrittenSamples);
        }
        _tools.Begin([.. opened.Select(call => call.Request)]);
        if (!IsAsync && opened.Any(call => call.IsNonBlocking))
            SendPlaceholdersLater(opened);
    }

    /// <summary>The model has withdrawn calls: they are never answered, nor is their result told later. Receive loop.</summary>
    public void Cancelled(IReadOnlyList<string> ids)
    {
        string[] withdrawn;
        lock (_gate)
        {
            withdrawn = [.. _open.Values.Where(IsMeant).Select(call => call.Request.Id)];
            foreach (var id in withdrawn)
                _open.Remove(id);
            _late.Take(result => IsMeant(result.Call), int.MaxValue);
        }
        // Those that are not open any more, too: their answer may have crossed this.
        _tools.Cancel(withdrawn.Union(ids, StringComparer.Ordinal), "the model withdrew it");

        bool IsMeant(OpenToolCall call) => call.Call.Id is { } id && ids.Contains(id);
    }

    /// <summary>The caller has begun to say something, or pressed a key: what the agent has asked them counts as answered, and what was kept for this moment is told. Call's loop.</summary>
    public void CallerSpoke()
    {
        long heardAt;
        lock (_gate)
            heardAt = _asked.HeardAt(_bridge.Line.AgentHeardAt, _bridge.Playout.HeardTo);
        _tools.CallerSpoke(heardAt);
        TellSilent();
    }

    /// <summary>Tells what nobody waits for; before anything else that the model is told in writing. Any thread.</summary>
    public void TellSilent()
    {
        foreach (var result in Take(result => result.Scheduling == ToolScheduling.Silent))
            Tell(result);
    }

    /// <summary>Tells what waits for a quiet moment, one result in each; after every signal to the call. Call's loop.</summary>
    /// <param name="isWithAgent">Whether caller and agent are connected, and the caller has not put us on hold.</param>
    public void Update(bool isWithAgent)
    {
        var isQuiet = isWithAgent && _bridge.Live.State == LiveSessionState.Open && !_bridge.IsAgentHeard && !_bridge.Speech.IsSpeaking;
        // A model that waits for a call cannot speak of another one's result.
        if (!isQuiet || Wait.Kind == ToolWaitKind.Blocking)
        {
            _quietSince = null;
            return;
        }
        _quietSince ??= _services.Time.GetTimestamp();
        if (!_late.IsEmpty && !IsModelAboutToSpeak(_quietSince.Value) && Take(result => result.Scheduling == ToolScheduling.WhenIdle, max: 1) is [var due])
        {
            Tell(due);
            _quietSince = _services.Time.GetTimestamp();
        }
    }

    /// <summary>See <see cref="CallTools.CallerChanged"/>; call's loop.</summary>
    public void CallerChanged(ToolContext caller) => _tools.CallerChanged(caller);

    /// <summary>The call is over: everything that runs is withdrawn. Any thread.</summary>
    public void End(string reason)
    {
        lock (_gate)
            _open.Clear();
        _tools.End(reason);
    }

    /// <inheritdoc/>
    public void OnAnswers(IReadOnlyList<ToolAnswer> answers)
    {
        var isUrgent = false;
        List<ToolAnswer> refused = [];
        lock (_gate)
        {
            var direct = new List<(ToolAnswer Answer, OpenToolCall Call)>(answers.Count);
            foreach (var answer in answers)
            {
                if (TakeOpen(answer) is not { } call)
                    continue;
                if (!IsLate(answer, call))
                    direct.Add((answer, call));
                else if (_late.Add(answer, call))
                    isUrgent |= answer.Scheduling == ToolScheduling.Interrupt;
                else
                    Delivered(answer, ToolDelivery.Words);   // with the call that shared the work
            }
            if (direct.Count > 0 && !Respond(direct))
                refused = direct.ConvertAll(pair => pair.Answer);
        }
        Undo(refused);
        if (isUrgent)
            TellUrgent();
        _post(new CallSignal(null, LoopNote.ToolsChanged));
    }

    /// <inheritdoc/>
    public void OnInvocation(ToolInvocation invocation) => _post(new CallSignal(null, invocation));

    /// <summary>Ends, and waits until everything that runs has ended and is recorded.</summary>
    public async ValueTask DisposeAsync()
    {
        End("the call is over");
        await _patienceOver.DisposeAsync();
        await _tools.DisposeAsync();
    }

    private OpenToolCall Open(LiveToolCall call)
    {
        // Old services give no ids; an id that comes again while its call is open is not told apart from one.
        var id = call.Id is { Length: > 0 } given && !_open.ContainsKey(given) ? given : string.Create(CultureInfo.InvariantCulture, $"local-{++_madeUpIds}");
        var opened = new OpenToolCall(call, new ToolRequest(id, call.Name, call.ArgumentsJson), _tools.Tools.Find(call.Name), IsAsync);
        return _open[id] = opened;
    }

    private bool IsModelAboutToSpeak(long quietSince)
    {
        var left = Patience - _services.Time.GetElapsedTime(quietSince);
        if (!_bridge.Live.OwesAnswer || left <= TimeSpan.Zero)
            return false;
        _patienceOver.Change(left, Timeout.InfiniteTimeSpan);
        return true;
    }

    private void SendPlaceholdersLater(OpenToolCall[] opened)
    {
        ITimer? timer = null;
        timer = _services.Time.CreateTimer(_ =>
        {
            timer!.Dispose();
            SendPlaceholders(opened);
        }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(PlaceholderAfter, Timeout.InfiniteTimeSpan);
    }

    private void SendPlaceholders(OpenToolCall[] opened)
    {
        lock (_gate)
        {
            var waiting = opened.Where(call => call.IsNonBlocking && _open.ContainsValue(call)).ToList();
            if (waiting.Count == 0)
                return;
            foreach (var call in waiting)
                call.HasPlaceholder = true;
            _bridge.Live.Input.Respond([.. waiting.Select(call => LiveToolResponse.Output(call.Call, Started))]);
        }
    }

    private OpenToolCall? TakeOpen(ToolAnswer answer)
    {
        if (_open.GetValueOrDefault(answer.Request.Id) is not { } call)
            return null;
        if (!answer.WillContinue)
            _open.Remove(answer.Request.Id);
        return call;
    }

    private bool IsLate(ToolAnswer answer, OpenToolCall call) =>
        call.HasPlaceholder || (!answer.IsBlocking && !IsAsync && (call.WasAsync || answer.WillContinue));

    /// <summary>Hands results to the session.</summary>
    /// <returns>False when it takes none of them.</returns>
    private bool Respond(List<(ToolAnswer Answer, OpenToolCall Call)> answers)
    {
        if (answers.Exists(pair => pair.Answer is { IsBlocking: false, Scheduling: ToolScheduling.Interrupt }))
            NoteCutIn();
        var isTaken = _bridge.Live.Input.Respond([.. answers.Select(pair => pair.Call.ResponseOf(pair.Answer))]);
        foreach (var (answer, _) in answers)
            Delivered(answer, isTaken ? ToolDelivery.Response : ToolDelivery.Never);
        return isTaken;
    }

    /// <summary>What was done for results that the session did not take is undone: the caller will not hear of it.</summary>
    private void Undo(List<ToolAnswer> refused)
    {
        if (refused.Count > 0)
            _tools.Cancel(refused.Where(answer => !answer.WillContinue).Select(answer => answer.Request.Id), "the session did not take its result");
    }

    private void TellUrgent()
    {
        TellSilent();
        foreach (var result in Take(result => result.Scheduling == ToolScheduling.Interrupt))
        {
            NoteCutIn();
            CutAgent();
            Tell(result);
        }
    }

    private void NoteCutIn()
    {
        if (_bridge.IsAgentHeard)
            Volatile.Write(ref _cutInAt, _services.Time.GetTimestamp());
    }

    /// <summary>Ends what the caller hears, where the model does not do so itself: it takes text beside its speech, or believes that all it said was heard.</summary>
    private void CutAgent()
    {
        var cutsItself = Profile.TextInput == LiveTextInput.ClientContent && _bridge.IsTurnOpen;
        if (!cutsItself && _bridge.Playout.QueuedSamples > 0)
            _bridge.Live.CutAnswer();
    }

    private List<LateResult> Take(Func<LateResult, bool> which, int max = int.MaxValue)
    {
        lock (_gate)
            return _late.Take(which, max);
    }

    private void Tell(LateResult result)
    {
        var expectsAnswer = result.Scheduling != ToolScheduling.Silent;
        if (expectsAnswer)
            TellSilent();
        var isTaken = result.Call.HasPlaceholder
            ? _bridge.Live.Input.TellResult(result.Call.Call, result.InWords, expectsAnswer)
            : _bridge.Live.Input.Respond([result.Call.ResponseOf(result.Answer)]);
        Delivered(result.Answer, isTaken ? ToolDelivery.Words : ToolDelivery.Never);
        if (!isTaken)
            Undo([result.Answer]);
    }

    private void Delivered(ToolAnswer answer, ToolDelivery how)
    {
        if (answer.WillContinue)
            return;
        if (how != ToolDelivery.Never && answer is { Tool.Policy.Idempotent: false, Outcome: not ToolOutcome.Refused })
            _services.Ledger.Delivered(answer.InvocationKey);
        _post(new CallSignal(null, new ToolDelivered(answer, how, _services.Time.GetTimestamp())));
    }
}
