using System.Globalization;
using GeminiLive;
using Telephony.Calls;
using Telephony.Media;
using Telephony.StateMachines;
using VoiceAgent.Consultations;
using VoiceAgent.Observability;
using VoiceAgent.Recordings;
using VoiceAgent.Records;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Calls;

/// <summary>Writes a call's record as it happens, and lets observers read along.</summary>
/// <remarks>Owned by the call's loop.</remarks>
internal sealed class CallJournal
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ICallObserver[] _observers;   // an array is gone through without allocating
    private readonly RecordPrivacy _privacy;
    private readonly OpenWords _words;
    private ReconnectEntry? _lost;
    private double? _endedMs;

    /// <param name="call">The call.</param>
    /// <param name="agent">Name of the agent that answers it.</param>
    /// <param name="metrics">Metrics of all calls.</param>
    /// <param name="time">The call's clock.</param>
    /// <param name="observers">Who reads along.</param>
    /// <param name="privacy">What must not be written down.</param>
    public CallJournal(Call call, string agent, VoiceAgentMetrics metrics, TimeProvider time, IReadOnlyList<ICallObserver> observers, RecordPrivacy privacy)
    {
        _time = time;
        _start = time.GetTimestamp();
        _observers = [.. observers];
        _privacy = privacy;
        Record = new CallRecord
        {
            CallId = call.CallId,
            SipCallId = call.SipCallId,
            Messages = call.Ladder,
            Direction = call.IsOutbound ? CallDirection.Outbound : CallDirection.Inbound,
            Trunk = call.Trunk,
            User = call.User,
            From = privacy.Uri(call.From),
            CallerNumber = privacy.Number(call.CallerNumber),
            CallerIsWithheld = call.Caller.IsWithheld,
            CallerIsVerified = call.IsCallerVerified,
            SignedIdentity = call.Stir.ToString(),
            Diversions = [.. call.Diversions.Select(privacy.Diverter)],
            DialledNumber = privacy.Number(call.DialledNumber)!,
            Agent = agent,
            StartedAt = time.GetUtcNow(),
        };
        _words = new OpenWords(Record, privacy);
        Tools = new ToolEntries(Record, metrics, time, _start, text => Add(TimelineKind.Tool, text));
        foreach (var observer in observers)
            observer.OnStarted(Record);
    }

    public CallRecord Record { get; }

    /// <summary>Called at each step of a call of ours that others want to know of.</summary>
    public Action<CallRecord>? Progress { private get; set; }

    /// <summary>What the call's tools did.</summary>
    public ToolEntries Tools { get; }

    private double ElapsedMs => Math.Round(_time.GetElapsedTime(_start).TotalMilliseconds, 1);

    /// <summary>The first reason given is the cause; what follows from it does not replace it, except that somebody else has taken the call over.</summary>
    public void SetEndReason(EndReason reason) => Record.EndReason = reason == EndReason.Transferred ? reason : Record.EndReason ?? reason;

    /// <summary>Notes the answer; returns the time from admission to it, in ms.</summary>
    public double Answered()
    {
        Record.AnsweredAfterMs = ElapsedMs;
        Add(TimelineKind.Line, $"answered after {Record.AnsweredAfterMs:F0} ms");
        Progress?.Invoke(Record);
        foreach (var observer in _observers)
            observer.OnAnswered(Record);
        return ElapsedMs;
    }

    /// <summary>Something that changes no state has happened on the line: it rings, or the other side's audio begins.</summary>
    public void Note(LineEvent happened)
    {
        if (happened == LineEvent.FirstAudio)
            Record.FirstAudioAfterMs ??= ElapsedMs;
        else if (happened == LineEvent.Ringing)
            Ringing();
    }

    private void Ringing()
    {
        Record.HasRung = true;
        Add(TimelineKind.Line, "ringing");
        Progress?.Invoke(Record);
    }

    /// <summary>A sign of who answered.</summary>
    public void AnsweredBy(AnsweredBy who, AnswerSource source)
    {
        Record.Add(new AnswerHint(ElapsedMs, who, source));
        Add(TimelineKind.Line, $"answered by {who} ({source})");
        Progress?.Invoke(Record);
    }

    /// <summary>Keeps what an operator needs of a call that failed, and settles what became of one that we made; before <see cref="Complete"/>.</summary>
    public void Outcome(Call call)
    {
        if (Record.EndReason is not { } reason || EndReasons.IsFailure(reason))
            Record.Ladder = _privacy.Ladder(Record.Messages.Read());
        if (!call.IsOutbound)
            return;
        Record.RefusalStatus = call.Refusal?.StatusCode;
        Record.Result = Record.AnsweredAfterMs is not null ? DialResult.Answered : Record.EndReason switch
        {
            EndReason.Busy => DialResult.Busy,
            EndReason.NoAnswer => DialResult.NoAnswer,
            EndReason.Declined => DialResult.Refused,
            EndReason.GivenUp => DialResult.GivenUp,
            _ => DialResult.Failed,
        };
    }

    public void Digit(char digit)
    {
        var shown = _privacy.Digit(digit);
        Record.Digits += shown;
        Add(TimelineKind.Digit, shown.ToString());
    }

    /// <summary>The agent was cut off.</summary>
    /// <param name="forResult">True when that was for the result of a tool, not by the caller.</param>
    public void Interrupted(bool forResult)
    {
        Record.Interruptions += forResult ? 0 : 1;
        Add(TimelineKind.Interruption, forResult ? "a tool's result cut in" : "the caller cut in");
    }

    /// <summary>Keeps a turn of the conversation, once it is known what of it was heard.</summary>
    public void Add(LiveTurnRecord turn)
    {
        var atMs = Math.Round(_time.GetElapsedTime(_start, turn.Timestamp).TotalMilliseconds, 1);
        Tools.Note(turn);
        var entry = TranscriptTurn.Of(turn, atMs).Redacted(_privacy);
        if (entry is not { Text.Length: 0, AudioReceivedMs: null })
            Record.Add(entry);
        if (entry.Text.Length > 0)
            Add(turn.Speaker == LiveSpeaker.Agent ? TimelineKind.Agent : TimelineKind.Caller, entry.Interrupted ? $"{entry.Heard ?? entry.Text} ..." : entry.Text);
        _words.Close(turn.Speaker);   // last: what is closed before its turn is handed on is nowhere for a moment, and a crash would take it
    }

    /// <summary>The agent was heard after the caller had spoken.</summary>
    public void Responded(long heardAt, TimeSpan latency) => Record.Add(
        new ResponseEntry(Math.Round(_time.GetElapsedTime(_start, heardAt).TotalMilliseconds, 1), Math.Round(latency.TotalMilliseconds, 1)));

    /// <summary>Something was done for a caller who waits in silence.</summary>
    public void Silence(SilenceAction action, SilenceCause cause, TimeSpan silence)
    {
        Record.Add(new SilenceEntry(ElapsedMs, action, cause, Math.Round(silence.TotalMilliseconds, 1)));
        Add(TimelineKind.Silence, string.Create(CultureInfo.InvariantCulture, $"{action} after {silence.TotalSeconds:F1} s without the agent ({cause})"));
    }

    /// <summary>A silence has ended in which the caller waited.</summary>
    public void DeadAir(DeadAirCause cause, TimeSpan silence, DeadAirEnd end) =>
        Record.Add(new DeadAirEntry(ElapsedMs, cause, Math.Round(silence.TotalMilliseconds, 1), end));

    /// <summary>A caller who was handed to somebody else is back: how the call ends is open again.</summary>
    public void Returned(string text)
    {
        Record.EndReason = null;
        Line(text);
    }

    /// <summary>The recording of the sound has begun, was paused, goes on, or is over.</summary>
    /// <param name="entry">What is known of it, but for when it began.</param>
    /// <param name="text">What has happened.</param>
    public void Recording(RecordingEntry entry, string text)
    {
        Record.Recording = entry with { BeganAtMs = Record.Recording?.BeganAtMs ?? ElapsedMs };
        Add(TimelineKind.Line, text);
    }

    /// <summary>Something was done on the caller's line.</summary>
    public void Line(string text) => Add(TimelineKind.Line, Redacted(text));

    /// <summary>Keeps what the agent wants remembered; false when there are too many.</summary>
    public bool Note(string text, int most)
    {
        if (Record.Notes.Count >= most)
            return false;
        var note = new CallNote(ElapsedMs, Redacted(text));
        Record.Add(note);
        Add(TimelineKind.Note, note.Text);
        return true;
    }

    /// <summary>The caller is being handed to somebody else.</summary>
    public void Transferring(string target) => Add(TimelineKind.Line, $"transferring to {_privacy.Uri(target)}");

    /// <summary>Somebody else is on the line, by their number where it is known.</summary>
    public void HandedOver(string? number) => Line($"handed over: {_privacy.Number(number) ?? "somebody"} is on the line now");

    /// <summary>A try to hand the caller to a person who is asked first is over.</summary>
    /// <param name="end">Ends it, and tells what became of it; given the time since admission, in ms.</param>
    public void Consulted(Func<double, ConsultEntry> end)
    {
        var entry = end(ElapsedMs);
        entry = entry with { Detail = Redacted(entry.Detail) };
        Record.Add(entry);
        var joined = entry.JoinedMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $" for {ms / 1_000:F1} s") : "";
        Add(TimelineKind.Line, $"{entry.Name}: {entry.End}{joined}{(entry.Detail.Length > 0 ? $", {entry.Detail}" : "")}");
    }

    public void OnTransition(Transition<CallState, CallTrigger> transition)
    {
        if (transition.Outcome != FireOutcome.Moved)
            return;
        if (transition.To == CallState.Ended)
            _endedMs ??= ElapsedMs;
        Record.Add(new StateEntry(ElapsedMs, transition.To));
        Add(TimelineKind.State, $"{transition.From} -> {transition.To} ({transition.Trigger})");
    }

    /// <summary>Keeps what a Live event tells.</summary>
    /// <param name="liveEvent">The event.</param>
    /// <param name="answered">Whether the call was answered: it decides what a lost session means.</param>
    public void Note(LiveEvent liveEvent, bool answered)
    {
        switch (liveEvent)
        {
            case InputTranscript heard:
                Note(LiveSpeaker.Caller, heard.Text);
                break;
            case OutputTranscript said:
                Note(LiveSpeaker.Agent, said.Text);
                break;
            case UsageReported usage:
                Record.TotalTokens += usage.TotalTokens;
                break;
            case LiveReady ready:
                Record.LiveReadyAfterMs ??= ElapsedMs;
                Record.LiveSetupMs ??= Math.Round(ready.SetupTime.TotalMilliseconds, 1);
                Add(TimelineKind.Live, $"session ready after {ready.SetupTime.TotalMilliseconds:F0} ms");
                break;
            case GoAwayReceived goAway:
                Add(TimelineKind.Live, $"connection ends in {goAway.TimeLeft.TotalSeconds:F0} s");
                break;
            case GroundingReceived grounding:
                foreach (var source in grounding.Sources)
                    Record.Add(source);
                break;
            case ConnectionLost lost:
                _lost = new ReconnectEntry(ElapsedMs, $"{lost.Code?.ToString(CultureInfo.InvariantCulture) ?? "no close frame"} {Redacted(lost.Reason)}".TrimEnd(), lost.IsPlanned, null, null);
                Add(TimelineKind.Live, lost.IsPlanned ? "changing over to a new connection" : $"connection lost: {_lost.Cause}");
                break;
            case Resumed resumed:
                Record.LiveResumes++;
                CloseLoss(resumed);
                Add(TimelineKind.Live, $"resumed after {resumed.Gap.TotalMilliseconds:F0} ms");
                break;
            case LiveFailed failed:
                SetEndReason(answered ? EndReason.LiveLost : EndReason.LiveSetupFailed);
                Add(TimelineKind.Live, $"session failed: {failed.Failure.Kind}, {failed.Failure.Code?.ToString() ?? "no code"}, {Redacted(failed.Failure.Detail)}");
                break;
        }
    }

    private void Note(LiveSpeaker speaker, string words)
    {
        _words.Add(speaker, words);
        foreach (var observer in _observers)
            observer.OnWords(Record);
    }

    /// <summary>The last loss is settled: by a new connection, or by none.</summary>
    private void CloseLoss(Resumed? resumed)
    {
        if (_lost is { } lost)
            Record.Add(resumed is null ? lost : lost with { GapMs = Math.Round(resumed.Gap.TotalMilliseconds, 1), IsFresh = resumed.IsFresh });
        _lost = null;
    }

    /// <summary>Closes the record; nothing is added after it.</summary>
    /// <param name="media">The line's counters.</param>
    /// <param name="agentHeard">Agent audio that went out to the caller, a last unfinished turn included.</param>
    /// <param name="usage">Tokens and cost of the Live session.</param>
    /// <param name="model">Model that was spoken to last.</param>
    public void Complete(MediaStatistics? media, TimeSpan agentHeard, LiveUsageTotals usage, string model)
    {
        CloseLoss(resumed: null);
        _words.Close(LiveSpeaker.Caller);
        _words.Close(LiveSpeaker.Agent);
        (Record.Usage, Record.Model) = (usage, model);
        Record.AgentAudioPlayedMs = Math.Round(agentHeard.TotalMilliseconds, 1);
        // Tools that still worked have been waited for since.
        Record.DurationMs = _endedMs ?? ElapsedMs;
        Record.EndReason ??= EndReason.InternalError;
        if (media is not null)
            Record.Media = LineQuality.Of(media);
        Add(TimelineKind.Line, $"ended: {Record.EndReason}");
        foreach (var observer in _observers)
            observer.OnEnded(Record);
    }

    private string Redacted(string text) => _privacy.Text(text);

    private void Add(TimelineKind kind, string text)
    {
        var entry = new TimelineEntry(ElapsedMs, kind, text);
        Record.Add(entry);
        foreach (var observer in _observers)
            observer.OnTimeline(Record, entry);
    }
}

/// <summary>Reads along with every call: a console, a file, a test.</summary>
/// <remarks>Called on the calls' loops, of one call in order; must neither block nor throw. The record may be read then, and kept only for what of it does not change.</remarks>
public interface ICallObserver
{
    /// <summary>A call was admitted, or is being made.</summary>
    void OnStarted(CallRecord record)
    {
    }

    /// <summary>The call was answered.</summary>
    void OnAnswered(CallRecord record)
    {
    }

    /// <summary>Somebody goes on speaking: <see cref="CallRecord.OpenCallerWords"/> or <see cref="CallRecord.OpenAgentWords"/> has grown.</summary>
    void OnWords(CallRecord record)
    {
    }

    /// <summary>A step was added to the call's timeline.</summary>
    void OnTimeline(CallRecord record, TimelineEntry entry);

    /// <summary>The call is over and its record complete.</summary>
    void OnEnded(CallRecord record);
}
