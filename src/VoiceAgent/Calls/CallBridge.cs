using GeminiLive;
using Telephony.Audio;
using Telephony.Calls;
using VoiceAgent.Agents;
using VoiceAgent.Audio;
using VoiceAgent.ToolCalls;
using VoiceAgent.TurnTaking;

namespace VoiceAgent.Calls;

/// <summary>Joins one <see cref="Call"/> and one <see cref="LiveClient"/>: caller audio -> uplink -> Live, Live -> playout -> caller.</summary>
/// <remarks>Audio and barge-in pass through here on the threads they come on; everything else is handed to the call's loop as a signal.</remarks>
internal sealed class CallBridge : ILiveListener, IAsyncDisposable
{
    private readonly Call _call;
    private readonly Action<CallSignal> _post;
    private readonly PlayedTurns _played = new();
    private readonly CancellationTokenSource _over = new();
    private CallerAudio? _callerAudio;
    private bool _marksSpeech;
    private Task _connecting = Task.CompletedTask;
    private Task _closing = Task.CompletedTask;
    private bool _isTurnOpen;
    private bool _isTurnUnfinished;   // the service has not closed it: it may still say "interrupted"
    private int _turn;

    /// <param name="call">The caller's line.</param>
    /// <param name="post">Hands a signal to the call's loop; any thread.</param>
    /// <param name="config">What the Live session asks for.</param>
    /// <param name="factory">Makes the Live session.</param>
    /// <param name="timeProvider">The call's clock.</param>
    /// <param name="agent">How turns are taken; null leaves them to the service.</param>
    public CallBridge(Call call, Action<CallSignal> post, LiveSessionConfig config, LiveClientFactory factory, TimeProvider timeProvider, AgentProfile? agent = null)
    {
        _call = call;
        _post = post;
        Sound = new SoundTap(timeProvider);
        Uplink = factory.CreateUplink();
        Playout = new PlayoutBuffer(factory.Options.PlayoutLimit) { BecameReady = OnAgentAudioReady, TurnPlayed = OnTurnPlayed };
        Line = new LineAudio(Playout, timeProvider) { FinalPlayed = () => _post(new CallSignal(CallTrigger.ApologyEnded)) };
        Line.Silence.Ended = () => _post(new CallSignal(null, LoopNote.SilenceEnded));
        Speech = new CallerSpeech(timeProvider) { Changed = OnCallerSpeechChanged };
        Line.Response = new ResponseLatency(Speech, timeProvider) { Measured = () => _post(new CallSignal(null, LoopNote.AgentResponded)) };
        SetTurnTaking(agent, config.Settings.ActivityDetection, timeProvider);
        Live = factory.Create(config, this, Uplink, call.CallId);
        Live.History.ReportsPlayout = true;
        Live.History.TurnCompleted = turn => _post(new CallSignal(null, turn));
    }

    /// <summary>The Live session.</summary>
    public LiveClient Live { get; }

    /// <summary>Caller audio on its way up.</summary>
    public Uplink Uplink { get; }

    /// <summary>Agent audio on its way to the caller.</summary>
    public PlayoutBuffer Playout { get; }

    /// <summary>What the caller hears: agent and announcements.</summary>
    public LineAudio Line { get; }

    /// <summary>Where others listen to the call.</summary>
    public SoundTap Sound { get; }

    /// <summary>Whether the caller speaks, and since when not.</summary>
    public CallerSpeech Speech { get; }

    /// <summary>The call's tools; null for an agent that has none. Set once, before <see cref="Connect"/>.</summary>
    public ToolBridge? Tools { get; set; }

    /// <summary>Number of the agent's turn whose audio came last; any thread.</summary>
    public int Turn => Volatile.Read(ref _turn);

    /// <summary>Some of what the agent says has not been heard yet, or will still come; any thread.</summary>
    public bool IsAgentHeard => IsTurnOpen || Playout.QueuedSamples > 0;

    /// <summary>The model has begun to speak and not said that it has finished; a lost connection changes nothing about that. Any thread.</summary>
    public bool IsTurnOpen => Volatile.Read(ref _isTurnOpen);

    /// <summary>Most that is added to a quiet caller's level for the model, in dB; 0 leaves it as it is. Set once, before <see cref="Answer"/>.</summary>
    public double QuietLineGainDb { get; init; }

    /// <summary>Starts the Live session; its end is a signal.</summary>
    public void Connect() => _connecting = ConnectAsync();

    /// <summary>Lets both sides hear each other.</summary>
    public void Answer() => _call.Answer(Sound.Heard(_callerAudio ??= NewCallerAudio()), Sound.Sent(Line));

    /// <summary>The caller, who was connected to somebody else, hears the agent again, and nothing of what it has said meanwhile; call's loop.</summary>
    public void TakeBack()
    {
        if (IsAgentHeard)
            Live.CutAnswer();
        _call.Connect(Sound.Heard(_callerAudio ??= NewCallerAudio()), Sound.Sent(Line));   // what it has learned of the line holds still
    }

    /// <inheritdoc/>
    public void OnAudio(ReadOnlySpan<short> pcm, int sampleRateHz, int turn)
    {
        Volatile.Write(ref _isTurnOpen, true);
        Volatile.Write(ref _isTurnUnfinished, true);
        Volatile.Write(ref _turn, turn);
        Playout.Write(pcm, sampleRateHz, turn);
    }

    /// <summary>The model stopped for the caller: what is not yet on the wire is never played.</summary>
    public void OnInterrupted()
    {
        Volatile.Write(ref _isTurnOpen, false);
        Volatile.Write(ref _isTurnUnfinished, false);
        Playout.Flush();
        _call.AudioCut();
        Line.Pause?.Confirm();
        _post(new CallSignal(CallTrigger.BargeIn));
    }

    /// <inheritdoc/>
    public void OnEvent(LiveEvent liveEvent)
    {
        if (liveEvent is GenerationComplete or TurnComplete)
            Volatile.Write(ref _isTurnOpen, false);
        if (liveEvent is TurnComplete or ConnectionLost)
            Volatile.Write(ref _isTurnUnfinished, false);
        // A lost connection ends the turn too: neither of its own ends will come.
        if (liveEvent is GenerationComplete or TurnComplete or ConnectionLost)
            Playout.CompleteTurn();
        // Here and not on the call's loop: the caller waits for every hop.
        if (liveEvent is ToolCallsRequested requested)
            Tools?.Requested(requested.Calls);
        else if (liveEvent is ToolCallsCancelled cancelled)
            Tools?.Cancelled(cancelled.Ids);
        _post(CallSignal.Of(liveEvent));
    }

    /// <summary>Plays the filler or a prompt wherever the agent is silent; call's loop.</summary>
    /// <param name="announcement">What to play.</param>
    /// <param name="again">True for a filler, which is played until the agent is heard.</param>
    public void Play(Announcement announcement, bool again)
    {
        if (again)
            Line.StartFiller(announcement);
        else
            Line.Say(announcement);
        _call.AudioReady();
    }

    /// <summary>Plays the last words in place of whatever the agent was saying, and closes the Live session; call's loop.</summary>
    public void PlayFinally(Announcement announcement)
    {
        Line.SayFinally(announcement);
        _call.AudioReady();
        CloseLive();
    }

    /// <summary>Ends the Live session, whose last words nobody waits for.</summary>
    public void CloseLive() => _closing = Live.CloseAsync();

    /// <summary>Hands what was heard since the last time to the history; call's loop.</summary>
    public void ReportPlayed()
    {
        while (_played.TryTake(out var turn))
            Live.History.Heard(turn.Turn, turn.ReceivedSamples, turn.PlayedSamples, turn.WasCut);
    }

    /// <summary>The line is over: the history learns of what was still waiting or playing, and tells its last turns. Call's loop.</summary>
    public void Conclude()
    {
        ReportPlayed();
        foreach (var turn in Playout.GetUnfinishedTurns())
            Live.History.Heard(turn.Turn, turn.ReceivedSamples, turn.PlayedSamples, turn.WasCut);
        Live.History.Complete();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _connecting;
        await _closing;
        await Live.DisposeAsync();
        _over.Dispose();
    }

    private void SetTurnTaking(AgentProfile? agent, ActivityDetectionSettings detection, TimeProvider timeProvider)
    {
        if (agent is null)
            return;
        _marksSpeech = agent.BargeIn == BargeInMode.LocalOnly;
        if (agent.EchoGate)
            Line.Echo = new EchoGate();
        // Whom the model does not yield to, the line does not yield to either.
        if (agent.BargeIn == BargeInMode.Server || detection.ActivityHandling?.EndsWith("NO_INTERRUPTION", StringComparison.OrdinalIgnoreCase) == true)
            return;
        Line.Pause = new BargeInPause(Playout, agent.ConfirmWithin, timeProvider)
        {
            MayConfirm = () => Volatile.Read(ref _isTurnUnfinished),
            CallerTalksOn = () => _post(new CallSignal(null, LoopNote.CallerTalksOn)),
        };
    }

    private CallerAudio NewCallerAudio() => new(Uplink, Speech, Line, QuietLineGainDb > 0 ? new QuietLineGain(Uplink.RateHz, QuietLineGainDb) : null) { MarksSpeech = _marksSpeech };

    private async Task ConnectAsync()
    {
        var result = await Live.ConnectAsync(_over.Token);
        if (result.Failure is { } failure)
            OnEvent(new LiveFailed(failure));
    }

    private void OnTurnPlayed(PlayedTurn turn)
    {
        _played.Add(turn);
        _post(new CallSignal(turn.WasCut ? null : CallTrigger.AgentSpeechEnded, LoopNote.TurnsPlayed));
    }

    private void OnAgentAudioReady()
    {
        _call.AudioReady();
        _post(new CallSignal(CallTrigger.AgentSpeechStarted));
    }

    private void OnCallerSpeechChanged() => _post(new CallSignal(null, LoopNote.CallerSpeechChanged));
}
