using System.Text.Json.Serialization;
using GeminiLive;
using Telephony.Sip.Identity;
using Telephony.Sip.Ladders;
using VoiceAgent.Consultations;
using VoiceAgent.Recordings;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Calls;

/// <summary>What remains of a call: who, when, what was said, and every step in the order in which it happened.</summary>
/// <remarks>Written by the call's loop only; complete, and safe to read, once the call has ended.</remarks>
public sealed class CallRecord
{
    private readonly List<TimelineEntry> _timeline = [];
    private readonly List<TranscriptTurn> _transcript = [];
    private readonly List<SilenceEntry> _silences = [];
    private readonly List<DeadAirEntry> _deadAir = [];
    private readonly List<CallNote> _notes = [];
    private readonly List<LiveSource> _sources = [];
    private readonly List<ReconnectEntry> _reconnects = [];
    private readonly List<ToolEntry> _tools = [];
    private readonly List<ConsultEntry> _consultations = [];
    private readonly List<AnswerHint> _answerHints = [];
    private readonly List<StateEntry> _states = [];
    private readonly List<ResponseEntry> _responses = [];

    /// <summary>Our id of the call, in every log line.</summary>
    public required string CallId { get; init; }

    /// <summary>The Call-ID header.</summary>
    public required string SipCallId { get; init; }

    /// <summary>Whether somebody called us or we called them.</summary>
    public CallDirection Direction { get; init; }

    /// <summary>What became of a call that we made, once that is known; null for a call that came in.</summary>
    public DialResult? Result { get; set; }

    /// <summary>SIP status that a call of ours was refused with; null when it was answered.</summary>
    public int? RefusalStatus { get; set; }

    /// <summary>Whether the telephone of whom we called has rung.</summary>
    public bool HasRung { get; set; }

    /// <summary>Who answered a call of ours, by all signs together; null while there are none.</summary>
    public AnsweredBy? AnsweredBy => AnswerHint.Verdict(_answerHints);

    /// <summary>The signs of that, in order, and who gave each.</summary>
    public IReadOnlyList<AnswerHint> AnswerHints { get => _answerHints; init => _answerHints = [.. value ?? []]; }

    /// <summary>URI of the caller (From), as it was sent: also of a caller who withholds their number from those whom they call.</summary>
    public required string From { get; init; }

    /// <summary>The caller's number as agent and tools got it; null when withheld or not known.</summary>
    public string? CallerNumber { get; init; }

    /// <summary>Whether the caller asked not to be named.</summary>
    public bool CallerIsWithheld { get; init; }

    /// <summary>Whether a trusted trunk or a verified signature vouches for the number.</summary>
    public bool CallerIsVerified { get; init; }

    /// <summary>What the signed identity (STIR/SHAKEN) is worth: <c>NoToken</c>, <c>Valid A</c>, <c>NotVerified</c>, <c>Expired</c>, ...</summary>
    public string SignedIdentity { get; init; } = "NoToken";

    /// <summary>Who sent the call on before it came here, the latest first.</summary>
    public IReadOnlyList<Diversion> Diversions { get; init; } = [];

    /// <summary>Number that was dialled (user part of the Request-URI).</summary>
    public required string DialledNumber { get; init; }

    /// <summary>Name of the trunk that the call came from; null when it came from none.</summary>
    public string? Trunk { get; init; }

    /// <summary>Name of the user who logged in to make the call; null for anybody else.</summary>
    public string? User { get; init; }

    /// <summary>Name of the agent.</summary>
    public required string Agent { get; init; }

    /// <summary>When the INVITE was admitted.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From admission to the 200, in ms; null when the call was never answered.</summary>
    public double? AnsweredAfterMs { get; set; }

    /// <summary>From admission to the first packet of the other side's audio after the answer, in ms; null when none came.</summary>
    public double? FirstAudioAfterMs { get; set; }

    /// <summary>From admission to the first Live session's accepted setup, in ms; null when there was none.</summary>
    public double? LiveReadyAfterMs { get; set; }

    /// <summary>What of that went into connecting and setup, in ms; null likewise.</summary>
    public double? LiveSetupMs { get; set; }

    /// <summary>From admission to the end, in ms.</summary>
    public double DurationMs { get; set; }

    /// <summary>Why the call ended; null while it runs.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<EndReason>))]
    public EndReason? EndReason { get; set; }

    /// <summary>Digits that the caller pressed, in order.</summary>
    public string Digits { get; set; } = "";

    /// <summary>Times that the caller cut the agent short.</summary>
    public int Interruptions { get; set; }

    /// <summary>Live connections that were lost and resumed.</summary>
    public int LiveResumes { get; set; }

    /// <summary>Tokens the Live service billed for all turns.</summary>
    public long TotalTokens { get; set; }

    /// <summary>Model that was spoken to last, fallbacks included; set at the end of the call.</summary>
    public string Model { get; set; } = "";

    /// <summary>The same tokens by kind and modality, and what they cost; set at the end of the call.</summary>
    public LiveUsageTotals? Usage { get; set; }

    /// <summary>Pages that answers of the agent rest on, each once.</summary>
    public IReadOnlyList<LiveSource> Sources { get => _sources; init => _sources = [.. value ?? []]; }

    /// <summary>Live connections that were lost or changed, and how each was had back.</summary>
    public IReadOnlyList<ReconnectEntry> Reconnects { get => _reconnects; init => _reconnects = [.. value ?? []]; }

    /// <summary>Agent audio that reached the caller's line, in ms.</summary>
    public double AgentAudioPlayedMs { get; set; }

    /// <summary>The recording of its sound; null when there is none.</summary>
    public RecordingEntry? Recording { get; set; }

    /// <summary>RTP figures at the end of the call; null when no audio ever ran.</summary>
    public MediaSummary? Media { get; set; }

    /// <summary>Words of the caller's turn that is not over yet, all digits masked; null when there is none.</summary>
    public string? OpenCallerWords { get => CallerLine.Text; set => CallerLine.Set(value, _transcript.Count); }

    /// <summary>Words of the agent's turn that is not over yet, heard or not, all digits masked; null when there is none.</summary>
    public string? OpenAgentWords { get => AgentLine.Text; set => AgentLine.Set(value, _transcript.Count); }

    /// <summary><see cref="OpenCallerWords"/> as they grow; may be read by any thread.</summary>
    internal OpenLine CallerLine { get; } = new();

    /// <summary><see cref="OpenAgentWords"/>, likewise.</summary>
    internal OpenLine AgentLine { get; } = new();

    /// <summary>The states that the call went through.</summary>
    public IReadOnlyList<StateEntry> States { get => _states; init => _states = [.. value ?? []]; }

    /// <summary>How soon the agent was heard after the caller's last word, turn by turn.</summary>
    public IReadOnlyList<ResponseEntry> Responses { get => _responses; init => _responses = [.. value ?? []]; }

    /// <summary>What was said, turn by turn.</summary>
    public IReadOnlyList<TranscriptTurn> Transcript { get => _transcript; init => _transcript = [.. value ?? []]; }

    /// <summary>What was done for a caller who waited in silence.</summary>
    public IReadOnlyList<SilenceEntry> Silences { get => _silences; init => _silences = [.. value ?? []]; }

    /// <summary>Silences of half a second and more in which the caller waited, turn by turn, and what for.</summary>
    public IReadOnlyList<DeadAirEntry> DeadAir { get => _deadAir; init => _deadAir = [.. value ?? []]; }

    /// <summary>What the model called, and what became of it.</summary>
    public IReadOnlyList<ToolEntry> Tools { get => _tools; init => _tools = [.. value ?? []]; }

    /// <summary>What the agent wanted remembered.</summary>
    public IReadOnlyList<CallNote> Notes { get => _notes; init => _notes = [.. value ?? []]; }

    /// <summary>Tries to hand the caller to persons who were asked first.</summary>
    public IReadOnlyList<ConsultEntry> Consultations { get => _consultations; init => _consultations = [.. value ?? []]; }

    /// <summary>The SIP messages of the call so far; may be read by any thread, also while the call runs.</summary>
    [JsonIgnore]
    public SipLadder Messages { get; init; } = new();

    /// <summary>The SIP messages of a call that failed, without credentials, keys and digits; null for any other call.</summary>
    public IReadOnlyList<LadderMessage>? Ladder { get; set; }

    /// <summary>Every step of the call.</summary>
    public IReadOnlyList<TimelineEntry> Timeline { get => _timeline; init => _timeline = [.. value ?? []]; }

    internal void Add(TimelineEntry entry) => _timeline.Add(entry);

    internal void Add(TranscriptTurn turn) => _transcript.Add(turn);

    internal void Add(SilenceEntry entry) => _silences.Add(entry);

    internal void Add(DeadAirEntry entry) => _deadAir.Add(entry);

    internal void Add(CallNote note) => _notes.Add(note);

    internal void Add(ReconnectEntry entry) => _reconnects.Add(entry);

    internal void Add(ToolEntry entry) => _tools.Add(entry);

    internal void Add(ConsultEntry entry) => _consultations.Add(entry);

    internal void Add(AnswerHint hint) => _answerHints.Add(hint);

    internal void Add(StateEntry entry) => _states.Add(entry);

    internal void Add(ResponseEntry entry) => _responses.Add(entry);

    internal void Replace(int index, ToolEntry entry) => _tools[index] = entry;

    internal void Add(LiveSource source)
    {
        if (!_sources.Contains(source))
            _sources.Add(source);
    }
}

/// <summary>Who called whom.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallDirection>))]
public enum CallDirection
{
    /// <summary>Somebody called us.</summary>
    Inbound,

    /// <summary>We called somebody.</summary>
    Outbound,
}

/// <summary>What became of a call that we made.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DialResult>))]
public enum DialResult
{
    /// <summary>It was answered.</summary>
    Answered,

    /// <summary>The other side was busy.</summary>
    Busy,

    /// <summary>It was refused; the record has the status.</summary>
    Refused,

    /// <summary>Nobody answered in time, or nobody was there.</summary>
    NoAnswer,

    /// <summary>It was given up before somebody answered.</summary>
    GivenUp,

    /// <summary>It came to nothing for another reason: no server took it, or the agent was not to be had.</summary>
    Failed,
}

/// <summary>One step of a call.</summary>
/// <param name="AtMs">Time since admission, in ms.</param>
/// <param name="Kind">What sort of step.</param>
/// <param name="Text">Details for a reader.</param>
public sealed record TimelineEntry(double AtMs, TimelineKind Kind, string Text);

/// <summary>Sorts of steps in a call's timeline.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TimelineKind>))]
public enum TimelineKind
{
    /// <summary>The call-state machine moved.</summary>
    State,

    /// <summary>The caller's words, as transcribed.</summary>
    Caller,

    /// <summary>The agent's words, as transcribed.</summary>
    Agent,

    /// <summary>The caller cut the agent short.</summary>
    Interruption,

    /// <summary>A digit was pressed.</summary>
    Digit,

    /// <summary>The Live session: ready, lost, resumed, ending.</summary>
    Live,

    /// <summary>Something was done for a caller who waited in silence.</summary>
    Silence,

    /// <summary>A tool was called, has ended, or its result was told.</summary>
    Tool,

    /// <summary>The caller's line: answered, held, ended.</summary>
    Line,

    /// <summary>The agent wants something remembered.</summary>
    Note,
}

/// <summary>A state that the call came to.</summary>
/// <param name="AtMs">When, in ms since admission.</param>
/// <param name="State">Which.</param>
public sealed record StateEntry(double AtMs, CallState State);

/// <summary>An answer of the agent.</summary>
/// <param name="AtMs">When its first sample was heard on the line, in ms since admission.</param>
/// <param name="LatencyMs">From the last loud sound of the caller to that sample, in ms.</param>
public sealed record ResponseEntry(double AtMs, double LatencyMs);

/// <summary>Something that the agent wants remembered.</summary>
/// <param name="AtMs">Time since admission, in ms.</param>
/// <param name="Text">In the model's words.</param>
public sealed record CallNote(double AtMs, string Text);

/// <summary>A step taken for a caller who waited in silence.</summary>
/// <param name="AtMs">Time since admission, in ms.</param>
/// <param name="Action">What was done.</param>
/// <param name="Cause">Why the caller waited.</param>
/// <param name="SilenceMs">For how long the agent had not been heard, in ms.</param>
public sealed record SilenceEntry(double AtMs, SilenceAction Action, SilenceCause Cause, double SilenceMs);

/// <summary>A silence on the line in which the caller waited.</summary>
/// <param name="AtMs">When it ended, in ms since admission.</param>
/// <param name="Cause">What was waited for, most of the time.</param>
/// <param name="Ms">From the caller's last words, or the agent's: until the agent was heard, fillers not counted; or for a filler only so much of it as was silent.</param>
/// <param name="EndedBy">Whether the agent ended it.</param>
public sealed record DeadAirEntry(double AtMs, DeadAirCause Cause, double Ms, DeadAirEnd EndedBy);

/// <summary>A change of the Live connection.</summary>
/// <param name="AtMs">When the old connection was lost, in ms since admission.</param>
/// <param name="Cause">Close code and reason, or what was observed here.</param>
/// <param name="IsPlanned">True when we changed over before the service closed.</param>
/// <param name="GapMs">From the loss to the accepted setup, in ms; null when it was never had back.</param>
/// <param name="IsFresh">True when the service's own memory of the conversation was lost; null likewise.</param>
public sealed record ReconnectEntry(double AtMs, string Cause, bool IsPlanned, double? GapMs, bool? IsFresh);

/// <summary>RTP figures of a call.</summary>
/// <param name="PacketsReceived">Packets taken from the caller.</param>
/// <param name="PacketsSent">Packets sent to the caller.</param>
/// <param name="PacketsLost">Packets of the caller that never came.</param>
/// <param name="JitterMs">Interarrival jitter (RFC 3550 section 6.4.1), in ms.</param>
/// <param name="RoundTripMs">Round-trip time by RTCP, in ms; null when the peer sends no RTCP.</param>
public sealed record MediaSummary(long PacketsReceived, long PacketsSent, long PacketsLost, double JitterMs, double? RoundTripMs)
{
    /// <summary>Codec that was used last; null when none was agreed on.</summary>
    public string? Codec { get; init; }

    /// <summary>Packets of the caller that never came, of all that they sent, in percent.</summary>
    public double LossPercent { get; init; }

    /// <summary>Mean opinion score of the caller's audio as it reached us, 1 to 4.5 by the E-model; null when none came.</summary>
    public double? Mos { get; init; }

    /// <summary>Our packets that the caller lost by their last report; null when the peer sends no RTCP.</summary>
    public long? RemotePacketsLost { get; init; }

    /// <summary>Jitter that the caller saw by their last report, in ms; null likewise.</summary>
    public double? RemoteJitterMs { get; init; }

    /// <summary>Mean opinion score of the agent's audio as it reached the caller; null likewise.</summary>
    public double? RemoteMos { get; init; }
}
