using System.Threading.Channels;
using GeminiLive;
using Telephony.Audio;
using Telephony.Calls;
using Telephony.StateMachines;
using Tools.Catalog;
using Tools.Invocation;
using VoiceAgent.Agents;
using VoiceAgent.Audio;
using VoiceAgent.Consultations;
using VoiceAgent.PhoneTools;
using VoiceAgent.Recordings;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Calls;

/// <summary>One call's loop and owner: takes what the line and the Live session tell, drives the state table, keeps the record.</summary>
/// <remarks>All state below is touched by <see cref="RunAsync"/>'s loop only; other threads post signals.</remarks>
internal sealed partial class CallSession : ICallActions, IAsyncDisposable
{
    // Far more than a call can have waiting; a loop that is that far behind is broken, and its call is ended.
    private const int MaxPendingSignals = 4_096;

    // A tool that stops when it is told to has time to undo what it did; for others neither the record nor the place of the call waits.
    internal static readonly TimeSpan ToolsEndLimit = TimeSpan.FromSeconds(5);

    // The line gives a transfer up before (Telephony:TransferTimeout).
    private static readonly TimeSpan TransferLimit = TimeSpan.FromMinutes(5);

    private readonly Channel<CallSignal> _signals = Channel.CreateBounded<CallSignal>(new BoundedChannelOptions(MaxPendingSignals) { SingleReader = true });
    private readonly Call _call;
    private readonly CallServices _services;
    private readonly SelectedAgent _agent;
    private readonly StateMachine<CallState, CallTrigger, ICallActions> _machine;
    private readonly CallJournal _journal;
    private readonly ToolSet _toolSet;
    private readonly CallBridge _bridge;
    private readonly ToolBridge? _tools;
    private readonly CallerDigits _digits;
    private readonly WaitingCaller _waiting;
    private readonly CallControl _control;
    private readonly PhoneActs _phone;
    private readonly ConsultDesk _consults;
    private readonly AnswerWatch _answer;
    private readonly RecordedCall _recording;
    private readonly long _startedAt;
    private readonly ITimer _timeLimit;
    private Task _toolsEnding = Task.CompletedTask;
    private bool _greetingAsked;
    private volatile bool _over;
    private bool _answered;

    /// <param name="call">The call.</param>
    /// <param name="agent">Who speaks.</param>
    /// <param name="services">What all calls share.</param>
    /// <param name="wish">What a call of ours, or one from the console, was asked for with; null for a call that came in.</param>
    /// <param name="observer">Told what happens in it, besides those who are told of all calls; null for nobody.</param>
    public CallSession(Call call, SelectedAgent agent, CallServices services, OutboundWish? wish = null, ICallObserver? observer = null)
    {
        Metadata = wish?.Metadata ?? new Dictionary<string, string>();
        _call = call;
        _agent = agent;
        _services = services = services.Newest;
        _journal = new CallJournal(call, agent.Name, services.Metrics, services.Time, observer is null ? services.Observers : [.. services.Observers, observer], services.Privacy);
        _machine = new StateMachine<CallState, CallTrigger, ICallActions>(CallStates.Table, this, _journal.OnTransition);
        _startedAt = services.Time.GetTimestamp();
        _control = new CallControl(call, services.Announcements.HoldMusic is not null, Post) { IsRecorded = services.Recorder is not null && agent.Profile.Recording.Enabled };
        _toolSet = PhoneFunctions.Bind(services.RentTools(agent.Name), _control, agent.Profile);
        _bridge = services.CreateBridge(call, agent.Profile, ToolDeclarations.Of(_toolSet), Metadata, Post);
        _bridge.Tools = _tools = services.CreateTools(call, agent.Name, _toolSet, _bridge, wish?.CalleeIsVerified ?? false, Post);
        _digits = new CallerDigits(_bridge, services, Post);
        _waiting = new WaitingCaller(_bridge, services, _journal, agent.Profile.Language, Post);
        _phone = new PhoneActs(
            new PhoneLine(call, _bridge, _journal, services.Announcements.HoldMusic, services.Time, trigger => _machine.Fire(trigger), _waiting.ExpectAgent), Post);
        _consults = new ConsultDesk(call, _bridge, _journal, agent, services, Post) { ExpectAgent = _waiting.ExpectAgent };
        _answer = new AnswerWatch(call, _bridge, _journal, Post);
        _recording = new RecordedCall(agent.Profile.Recording, _bridge, _journal, services.Recorder);
        _timeLimit = services.Time.CreateTimer(_ => Post(new CallSignal(CallTrigger.TimeIsUp, EndReason.DurationLimit)), null,
            services.Options.MaxDuration, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Our id of the call.</summary>
    public string CallId => _call.CallId;

    /// <summary>The task that runs this call, kept by who started it.</summary>
    public Task? Completion { get; set; }

    /// <summary>Called when a call of ours rings, when it is answered, and at every sign of who answered; on the call's loop, so that it must return at once.</summary>
    public Action<CallRecord>? Progress { init => _journal.Progress = value; }

    /// <summary>Data about the call for its agent; empty for a call that came in by SIP.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>What is known of the call; complete when <see cref="RunAsync"/> has ended.</summary>
    public CallRecord Record => _journal.Record;

    /// <summary>State at this moment; moves on the call's loop.</summary>
    public CallState State => _machine.State;

    /// <summary>What the agent may do with the call; any thread.</summary>
    public ICallControl Control => _control;

    bool ICallActions.IsOutbound => _call.IsOutbound;

    bool ICallActions.LiveIsUp => _bridge.Live.State == LiveSessionState.Open;

    bool ICallActions.LiveIsResuming => _bridge.Live.State == LiveSessionState.Resuming;

    bool ICallActions.ApologisesOnSetupFailure => _services.Options.OnSetupFailure == SetupFailureAction.Apologise && Apology is not null;

    bool ICallActions.GreetingIsDue => !_greetingAsked && _agent.Profile.GreetingOf(_call).Length > 0;

    bool ICallActions.IsHeld => IsHeld;

    bool ICallActions.AgentHasAudio => _bridge.Playout.QueuedSamples > 0;

    bool ICallActions.TransfersAtTheEnd => _answered && LastTransferTarget is not null;

    bool ICallActions.ReturnsToAgent => _phone.Transferring is not null;

    bool ICallActions.AsksFirst => _phone.Transferring?.Option.Mode == TransferMode.Attended;

    private bool IsHeld { get; set; }

    private Announcement? Apology => _services.Announcements.Apology(_agent.Profile.Language);

    private TransferTarget? LastTransferTarget =>
        (_agent.Profile.LastStep ?? _services.Options.LastStep) == LastStep.Transfer
        && Telephony.Calls.TransferTarget.TryParse(_agent.Profile.TransferTarget ?? _services.Options.TransferTarget, out var target) ? target : null;

    private bool CallerIsWithAgent =>
        _machine.State is CallState.Greeting or CallState.Listening or CallState.Speaking || (_machine.State == CallState.Resuming && !IsHeld);

    /// <summary>Runs the call from its admission to its end.</summary>
    public async Task RunAsync()
    {
        Post(new CallSignal(CallTrigger.Admitted));
        try
        {
            while (_machine.State != CallState.Ended && await _signals.Reader.WaitToReadAsync())
            {
                while (_machine.State != CallState.Ended && _signals.Reader.TryRead(out var signal))
                    Handle(signal);
            }
        }
#pragma warning disable CA1031 // The one catch-all of this loop: a bug ends this call and no other.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _services.Logger.CallFailed(CallId, exception);
            _journal.SetEndReason(EndReason.InternalError);
            _call.HangUp();
        }
        _bridge.Conclude();   // while the history still takes what was heard
        await EndToolsAsync();
        Conclude();
    }

    /// <summary>Closes the Live session; after <see cref="RunAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timeLimit.DisposeAsync();
        _digits.Dispose();
        _waiting.Dispose();
        _phone.Dispose();
        await _consults.DisposeAsync();
        await _bridge.DisposeAsync();
        _ = ReturnToolsAsync();   // at once, but for tools that do not stop: nobody waits for those
    }

    /// <summary>Hands a signal to the call's loop; any thread.</summary>
    public void Post(CallSignal signal) => TryPost(signal);

    /// <summary>As <see cref="Post"/>; false when it comes too late to be taken.</summary>
    public bool TryPost(CallSignal signal)
    {
        // Nothing is taken after the first signal that finds no room: among those would be the end of the call.
        if (_signals.Writer.TryWrite(signal))
            return true;
        if (!_over && _signals.Writer.TryComplete())
        {
            _services.Logger.SignalsOverflowed(CallId);
            _call.HangUp();
        }
        return false;
    }

    /// <summary>Somebody who may has asked for the call's end.</summary>
    public void HangUp() => _call.HangUp();

    /// <summary>The grace period of a stopping service is over.</summary>
    public void Stop() => Post(new CallSignal(CallTrigger.ServiceStopping, EndReason.ServiceStopping));

    void ICallActions.Ring() => _call.Ring(_services.Options.EarlyMedia switch
    {
        EarlyMedia.Ringback => new RingbackTone(),
        EarlyMedia.Prompt => _services.Announcements.EarlyPrompt?.Repeated(),
        _ => null,
    });

    void ICallActions.ConnectLive() => _bridge.Connect();

    void ICallActions.Answer() => _bridge.Answer();

    void ICallActions.Greet()
    {
        _greetingAsked = true;
        _waiting.ExpectAgent();
        _bridge.Live.StartGreeting();
    }

    void ICallActions.Apologise()
    {
        _tools?.End("the Live session was given up");   // the caller is told that it failed
        if (Apology is not { } apology)
        {
            _bridge.CloseLive();
            Post(new CallSignal(CallTrigger.ApologyEnded));
            return;
        }
        _bridge.PlayFinally(apology);
        // Playing ends it; the limit is for a caller who holds us or takes no audio.
        _timeLimit.Change(apology.Length + TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
    }

    void ICallActions.Transfer()
    {
        var target = _phone.Transferring?.Target ?? LastTransferTarget!.ToString();
        _journal.Transferring(target);
        _waiting.Update(isWatching: false);   // which ends the ladder's filler
        if (_services.Announcements.Filler is { } filler)
            _bridge.Play(filler, again: true);
        _timeLimit.Change(TransferLimit, Timeout.InfiniteTimeSpan);
        _call.Transfer(target);
    }

    void ICallActions.EndTransfer()
    {
        _bridge.Line.StopFiller();
        var left = _services.Options.MaxDuration - _services.Time.GetElapsedTime(_startedAt);
        _timeLimit.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    void ICallActions.AskPerson()
    {
        _waiting.Update(isWatching: false);   // which ends the ladder's filler
        _consults.Begin(_phone.Transferring!);
    }

    void ICallActions.EndWaiting() => _consults.EndWaiting();

    void ICallActions.Join() => _consults.Join();

    void ICallActions.Part() => _consults.End();

    void ICallActions.EndCall()
    {
        if (_answered)
            _call.HangUp();
        else
            _call.Reject(503);
    }

    void ICallActions.Complete()
    {
        _tools?.End("the call is over");
        _consults.End();   // of a person who agreed in the moment in which the call ended
        _digits.Dispose();
        _waiting.Dispose();
        _phone.Dispose();
    }

    private void Handle(CallSignal signal)
    {
        Note(signal);
        if (signal.Trigger is { } trigger && _machine.Fire(trigger, signal.Detail) == FireOutcome.Unhandled)
            _services.Logger.TriggerUnhandled(CallId, trigger, _machine.State);
        // The caller is there, and the greeting waits for a lost session.
        if (_machine.State == CallState.Resuming && ((ICallActions)this).GreetingIsDue)
            _waiting.ExpectAgent();
        _tools?.Update(CallerIsWithAgent && !_phone.IsLeaving);
        _waiting.Update(CallerIsWithAgent && !_phone.IsSilenceWanted);
        if (_phone.Update(_machine.State, CallerIsWithAgent))
            _waiting.Update(CallerIsWithAgent);
    }

    /// <summary>Keeps what the signal tells, before the state table acts on it.</summary>
    private void Note(CallSignal signal)
    {
        if (signal.Trigger is CallTrigger.Held or CallTrigger.Unheld)
            IsHeld = signal.Trigger == CallTrigger.Held;
        // The service also says "interrupted" when nothing was being said (protocol reference, 8.3).
        if (signal.Trigger == CallTrigger.BargeIn && _machine.State is CallState.Speaking or CallState.Greeting)
        {
            _journal.Interrupted(forResult: _tools?.HasCutIn == true);
            _waiting.AgentInterrupted();
        }
        _waiting.Note(signal.Detail);
        _answer.Note(signal.Detail);
        _recording.Note(signal.Detail);
        _phone.Note(signal);
        _consults.Note(signal);
        _digits.Note(signal.Detail);
        switch (signal.Detail)
        {
            case LineEvent happened and (LineEvent.Ringing or LineEvent.FirstAudio):
                _journal.Note(happened);
                break;
            case LineEvent.Answered:
                _answered = true;
                _services.Metrics.CallAnswered(_journal.Answered());
                break;
            case LineEvent.HandedOver:
                GreetNewParty();
                break;
            case DigitPressed pressed:
                _journal.Digit(pressed.Digit);
                break;
            case LoopNote note when note == LoopNote.TurnsPlayed:
                _bridge.ReportPlayed();
                break;
            case LoopNote note when note == LoopNote.CallerSpeechChanged && _bridge.Speech.IsSpeaking:
                _tools?.CallerSpoke();
                break;
            case OperatorAct act:
                Take(act);
                break;
            case ToolInvocation invocation:
                _journal.Tools.Note(invocation);
                break;
            case ToolDelivered delivered:
                _journal.Tools.Note(delivered);
                break;
            case LiveTurnRecord turn:
                _journal.Add(turn);
                break;
            // No word that the caller agrees: it may be the late transcript of what they said before they were asked.
            case InputTranscript words:
                _tools?.TellSilent();
                _journal.Note(words, _answered);
                break;
            case LiveEvent liveEvent:
                _journal.Note(liveEvent, _answered);
                break;
            case EndReason reason:
                _journal.SetEndReason(reason);
                break;
        }
    }

    private void GreetNewParty()
    {
        _phone.CallerChanged();
        NewParty.Tell(_call, _bridge, _journal, CallServices.ContextOf(_call, _agent.Name, _services.Time), _machine.State);
        _waiting.ExpectAgent();   // which counts while they are with the agent only
    }

    /// <summary>What the tools still do is recorded before the record is complete, where it ends soon; what ends later is in the ledger. Nobody is there any more to speak to.</summary>
    private async Task EndToolsAsync()
    {
        if (_tools is null)
            return;
        _bridge.CloseLive();
        _toolsEnding = _tools.DisposeAsync().AsTask();
        using var isOver = new CancellationTokenSource();
        await Task.WhenAny(_toolsEnding, Task.Delay(ToolsEndLimit, _services.Time, isOver.Token));
        await isOver.CancelAsync();
    }

    /// <summary>Gives the tools back once none of them runs any more.</summary>
    private async Task ReturnToolsAsync()
    {
        await _toolsEnding;
        _toolSet.Dispose();
    }

    private void Conclude()
    {
        _control.End();
        _over = true;
        _signals.Writer.TryComplete();
        while (_signals.Reader.TryRead(out var signal))
        {
            if (signal.Detail is LiveTurnRecord or ToolInvocation or ToolDelivered)
                Note(signal);
            else if (signal.Detail is OperatorAct { Note: { } note })
                _journal.Line(note);
        }
        _recording.End();
        _journal.Outcome(_call);
        _journal.Complete(_call.GetMediaStatistics(), _bridge.Playout.Heard, _bridge.Live.Usage.Totals, _bridge.Live.Target.Model);
        _services.Metrics.CallEnded(Record, _bridge.Uplink.DroppedSamples, _bridge.Playout);
        _services.Logger.CallEnded(CallId, Record.EndReason, Record.DurationMs / 1_000, Record.Interruptions);
    }
}
