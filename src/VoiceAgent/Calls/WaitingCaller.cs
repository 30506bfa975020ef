using System.Globalization;
using GeminiLive;
using Tools;
using VoiceAgent.Audio;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Calls;

/// <summary>What is done for a caller who waits in silence: joins the <see cref="SilenceLadder"/> to the call's line, its Live session and its record.</summary>
/// <remarks>Owned by the call's loop.</remarks>
internal sealed class WaitingCaller : IWaitingCaller, IDisposable
{
    private const string Reminder = "(The caller is still on the line and waits for your answer. Give it now, briefly; if you did not hear them, ask them to say it again.)";

    private readonly CallBridge _bridge;
    private readonly CallServices _services;
    private readonly CallJournal _journal;
    private readonly Action<CallSignal> _post;
    private readonly IReadOnlyList<Announcement> _prompts;
    private readonly SilenceLadder _ladder;
    private int _nextPrompt;
    private int _respondedTurn;
    private bool _hasAskedForWords;

    public WaitingCaller(CallBridge bridge, CallServices services, CallJournal journal, string language, Action<CallSignal> post)
    {
        (_bridge, _services, _journal, _post) = (bridge, services, journal, post);
        _prompts = services.Announcements.Prompts(language);
        _ladder = new SilenceLadder(services.Options.SilenceSteps, this, services.Time, () => post(new CallSignal(null, LoopNote.SilenceLasts)));
    }

    /// <inheritdoc/>
    public LineActivity Line => new(
        AgentHeardAt, _bridge.Speech.SpokeAt, _bridge.Speech.IsSpeaking, _bridge.IsTurnOpen, _bridge.Playout.WrittenSamples,
        IsReconnecting: _bridge.Live.State == LiveSessionState.Resuming)
    {
        // Read after AgentHeardAt: whoever sees the agent heard sees the silence that this ended.
        Onset = _bridge.Line.Silence.Last,
        SoundHeardAt = _bridge.Line.SoundHeardAt,
        Turn = _bridge.Turn,
        HasUnplayed = _bridge.Playout.QueuedSamples > 0,
        Tools = _bridge.Tools?.Wait ?? default,
    };

    // Who falls silent for a caller's word has not stopped speaking.
    private long AgentHeardAt => _bridge.Line.Pause?.IsPaused == true ? _services.Time.GetTimestamp() : _bridge.Line.AgentHeardAt;

    /// <summary>The agent owes the caller something from now on, such as the greeting.</summary>
    public void ExpectAgent() => _ladder.Expect();

    /// <summary>The caller has cut the agent off.</summary>
    public void AgentInterrupted() => _ladder.Interrupted();

    /// <summary>Takes what a signal tells about who waits for whom.</summary>
    public void Note(object? detail)
    {
        if (detail is LiveEvent liveEvent)
            _ladder.Note(liveEvent);
        else if (detail == LoopNote.CallerSpeechChanged)
            NoteSpeech();
        else if (detail == LoopNote.AgentResponded)
            NoteResponse();
        else if (detail == LoopNote.CallerTalksOn)
            _bridge.Live.CutAnswer();
        else if (detail is ToolDelivered { How: not ToolDelivery.Never } delivered)
            _ladder.ResultSent(delivered.Answer.IsBlocking || delivered.Answer.Scheduling != ToolScheduling.Silent);
    }

    /// <summary>Does what is due; after every signal.</summary>
    /// <param name="isWatching">Whether caller and agent are connected, and the caller has not put us on hold.</param>
    public void Update(bool isWatching)
    {
        _hasAskedForWords &= _bridge.Tools?.Wait.FillerText is not null;
        _ladder.Update(isWatching);
    }

    /// <inheritdoc/>
    public bool Climb(SilenceStep step, SilenceCause cause, TimeSpan silence)
    {
        if (!Do(step.Action, cause, silence))
            return false;
        _journal.Silence(step.Action, cause, silence);
        _services.Metrics.SilenceStepTaken(step.Action, cause);
        _services.Logger.SilenceStepTaken(_journal.Record.CallId, step.Action, cause, silence.TotalSeconds);
        return true;
    }

    /// <inheritdoc/>
    public void NoteDeadAir(DeadAirCause cause, TimeSpan silence, DeadAirEnd end)
    {
        _journal.DeadAir(cause, silence, end);
        _services.Metrics.DeadAir(cause, silence, end);
    }

    /// <inheritdoc/>
    public void EndFiller() => _bridge.Line.StopFiller();

    public void Dispose() => _ladder.Dispose();

    private void NoteSpeech()
    {
        if (_bridge.Speech.IsSpeaking)
            _ladder.CallerBegan();
        else
            _ladder.CallerSpoke();
    }

    // Whoever speaks into a pause within the agent's turn has not asked for what comes after it.
    private void NoteResponse()
    {
        if (_bridge.Turn == _respondedTurn || _bridge.Line.Response?.Last is not { } response)
            return;
        _respondedTurn = _bridge.Turn;
        _journal.Responded(response.At, response.Latency);
        _services.Metrics.Responded(response.Latency);
    }

    /// <returns>False when there is nothing that could be done.</returns>
    private bool Do(SilenceAction action, SilenceCause cause, TimeSpan silence)
    {
        switch (action)
        {
            case SilenceAction.Filler when !_hasAskedForWords && _bridge.Tools?.Wait.FillerText is { } words:
                return _hasAskedForWords = AskFor(words);
            case SilenceAction.Filler when _services.Announcements.Filler is { } filler:
                _bridge.Play(filler, again: true);
                return true;
            case SilenceAction.Prompt when _prompts.Count > 0:
                _bridge.Play(_prompts[_nextPrompt++ % _prompts.Count], again: false);
                return true;
            case SilenceAction.Nudge when _bridge.Live.State == LiveSessionState.Open:
                _bridge.Tools?.TellSilent();
                return _bridge.Live.Nudge(Reminder);
            case SilenceAction.Reconnect when _bridge.Live.State == LiveSessionState.Open:
                return _bridge.Live.Reconnect(string.Create(CultureInfo.InvariantCulture, $"the agent was silent for {silence.TotalSeconds:F1} s: {cause}"));
            case SilenceAction.Apologise:
                _post(new CallSignal(CallTrigger.PatienceOver, EndReason.ModelSilent));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Has the agent itself say that it takes a moment; the sound follows if it does not.</summary>
    private bool AskFor(string words) =>
        _bridge.Live.State == LiveSessionState.Open && _bridge.Live.Input.Suggest($"(The work you have started goes on. Meanwhile say this to the caller, in their language, and nothing else: {words})");
}
