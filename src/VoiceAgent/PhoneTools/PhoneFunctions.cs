using System.ComponentModel;
using Telephony.Rtp;
using Tools;
using Tools.Catalog;
using Tools.Plugins;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Consultations;

namespace VoiceAgent.PhoneTools;

/// <summary>The built-in tools that act on the phone call itself, as the model sees them (source <c>phone</c>).</summary>
/// <remarks>
/// One for each call, on any thread. They are marked as idempotent so that none needs the ledger: what they do ends with the call, so that after a crash nothing of it
/// is left to be looked for. A repetition within a call is a wish of its own.
/// </remarks>
/// <param name="control">The call.</param>
/// <param name="transfers">Those to whom the agent may hand callers.</param>
internal sealed class PhoneFunctions(ICallControl control, IReadOnlyDictionary<string, TransferOption> transfers)
{
    /// <summary>Name of the source.</summary>
    public const string Source = "phone";

    private const int MaxDigits = 32;
    private const int MaxNoteCharacters = 500;
    private const int MaxReasonCharacters = 200;
    private const int MaxBriefingCharacters = 1_000;
    private const int LongestHoldSeconds = 120;

    // As many as there may be calls.
    private const int Everywhere = 10_000;

    // Ringing, and the person's decision.
    private const double LongestTransferSeconds = 200;

    // Two minutes of speech may have to be heard before anything is done (Live:PlayoutLimit).
    private const double WordsSeconds = 150;

    /// <summary>The tools without a call, for the catalogue; <see cref="Bind"/> makes them ready for one.</summary>
    public static IReadOnlyList<Tool> Unbound { get; } =
        [.. ToolMethods.Of(new PhoneFunctions(NoCall.Instance, new Dictionary<string, TransferOption>())).Select(tool => tool with { Source = Source })];

    /// <summary>A set with the phone tools made ready for one call; those that this call cannot do are left out.</summary>
    /// <param name="tools">What the agent has; given back by giving back the new set.</param>
    /// <param name="control">The call.</param>
    /// <param name="agent">The agent.</param>
    public static ToolSet Bind(ToolSet tools, ICallControl control, AgentProfile agent)
    {
        if (tools.Tools.All(tool => tool.Source != Source))
            return tools;
        // A person who is asked first is called by us: the caller's device need not know how.
        var transfers = agent.Transfers.Where(transfer => control.CanTransfer || transfer.Value.Mode == TransferMode.Attended).ToDictionary(StringComparer.OrdinalIgnoreCase);
        var bound = ToolMethods.Of(new PhoneFunctions(control, transfers)).ToDictionary(tool => tool.Name, StringComparer.Ordinal);
        return tools.Bind(Source, tool => tool.Name switch
        {
            "transfer_call" when transfers.Count == 0 => null,
            "transfer_call" => tool with { Function = new TransferFunction(bound[tool.Name].Function, transfers) },
            "send_digits" when !control.CanSendDigits => null,
            "answered_by" when !control.IsOutbound => null,
            "hold_caller" when !control.CanHold => null,
            "pause_recording" or "resume_recording" when !control.IsRecorded => null,
            _ => tool with { Function = bound[tool.Name].Function },
        });
    }

    [Tool(TimeoutSeconds = WordsSeconds, Idempotent = true, DuplicateWindowSeconds = 0, MaxConcurrency = Everywhere)]
    [Description("Hangs up the phone call. Call it when the conversation is over and the caller has nothing more to say: first say goodbye, then call this in the same turn, and say nothing after it. "
        + "The call ends once the caller has heard your goodbye; if the caller speaks before, it goes on and you are told.")]
    public Task<ToolResult> EndCallAsync(
        [Description("Why the call ends, in a few words, for the record.")] string reason = "", CancellationToken cancellation = default) =>
        control.EndAsync(BriefingWords.OneLine(reason, MaxReasonCharacters), cancellation);

    [Tool(TimeoutSeconds = WordsSeconds + LongestTransferSeconds, Idempotent = true, DuplicateWindowSeconds = 0, MaxConcurrency = Everywhere)]
    [Description("Hands the caller over to somebody else; your part of the call then ends. First tell the caller in one sentence whom you connect them to, then call this in the same turn. "
        + "If nobody answers there, the caller comes back to you and you are told why.")]
    public Task<ToolResult> TransferCallAsync(
        [Description("Name of the one to hand the caller to.")] string target,
        [Description("What they are told before they take the call: who calls, what it is about, what has been settled. Two or three sentences.")] string briefing = "",
        CancellationToken cancellation = default) =>
        transfers.FirstOrDefault(transfer => transfer.Key.Equals(target.Trim(), StringComparison.OrdinalIgnoreCase)) is { Value: { } option } found
            ? control.TransferAsync(found.Key, option, BriefingWords.OneLine(briefing, MaxBriefingCharacters), cancellation)
            : Task.FromResult(PhoneWords.NoSuchTarget(target, transfers.Keys));

    [Tool(TimeoutSeconds = WordsSeconds + 90, Idempotent = true, DuplicateWindowSeconds = 0, MaxConcurrency = Everywhere)]
    [Description("Presses keys on the phone line towards the caller's side, such as for an answering machine or a voice menu that asks for them. You get the result when they have gone out.")]
    public Task<ToolResult> SendDigitsAsync(
        [Description("1 to 32 keys: 0-9, *, #, A-D. A comma waits two seconds, a w half a second.")] string digits, CancellationToken cancellation = default) =>
        digits.Length <= MaxDigits && DigitSequence.TryParse(digits, 100, 100, out var sequence)
            ? control.SendDigitsAsync(sequence, cancellation)
            : Task.FromResult(PhoneWords.WrongDigits);

    [Tool(TimeoutSeconds = WordsSeconds + LongestHoldSeconds, Idempotent = true, DuplicateWindowSeconds = 0, MaxConcurrency = Everywhere)]
    [Description("Lets the caller wait: they hear a waiting sound until they speak or the time is over, and you are told which. Call it when the caller asks for a moment or has to look something up; say first that you wait.")]
    public Task<ToolResult> HoldCallerAsync(
        [Description("How long at most, in seconds: 1 to 120.")] int seconds = 30, CancellationToken cancellation = default) =>
        control.HoldAsync(TimeSpan.FromSeconds(Math.Clamp(seconds, 1, LongestHoldSeconds)), cancellation);

    [Tool(Behavior = ToolBehavior.NonBlocking, Scheduling = ToolScheduling.Silent, Idempotent = true, MaxConcurrency = Everywhere)]
    [Description("Writes a note into the record of this call for the people who read it later, such as a wish, a promise or a number. The caller does not hear of it; do not mention it.")]
    public Task<ToolResult> RememberNoteAsync(
        [Description("What to remember, in at most 500 characters.")] string text, CancellationToken cancellation = default) =>
        text.Trim() is { Length: > 0 and <= MaxNoteCharacters } note
            ? control.NoteAsync(note, cancellation)
            : Task.FromResult(PhoneWords.WrongNote);

    [Tool(Idempotent = true, DuplicateWindowSeconds = 0, MaxConcurrency = Everywhere)]
    [Description("Pauses the recording of this call. Call it before the caller tells a card number, a password or anything else that must not be kept, or when they ask not to be recorded; tell them that it is paused. "
        + "Call resume_recording when that is over.")]
    public Task<ToolResult> PauseRecordingAsync(CancellationToken cancellation = default) => control.RecordAsync(isPause: true, cancellation);

    [Tool(Idempotent = true, DuplicateWindowSeconds = 0, MaxConcurrency = Everywhere)]
    [Description("Lets the recording of this call go on after pause_recording, unless the caller does not want to be recorded.")]
    public Task<ToolResult> ResumeRecordingAsync(CancellationToken cancellation = default) => control.RecordAsync(isPause: false, cancellation);

    [Tool(Behavior = ToolBehavior.NonBlocking, Scheduling = ToolScheduling.Silent, Idempotent = true, DuplicateWindowSeconds = 0, MaxConcurrency = Everywhere)]
    [Description("Writes into the record who answered the call that you made. Call it once, as soon as you can tell, and again if it turns out otherwise. "
        + "It is a machine when you hear a recorded greeting, are asked to leave a message, or hear a beep; then leave your message after the beep, in one go, and end the call. "
        + "Nobody hears of this; do not mention it.")]
    public Task<ToolResult> AnsweredByAsync(
        [Description("person, voicemail, or unclear.")] string who, CancellationToken cancellation = default) => who.Trim().ToUpperInvariant() switch
        {
            "PERSON" => control.AnsweredByAsync(AnsweredBy.Person, cancellation),
            "VOICEMAIL" => control.AnsweredByAsync(AnsweredBy.Voicemail, cancellation),
            "UNCLEAR" => control.AnsweredByAsync(AnsweredBy.Unclear, cancellation),
            _ => Task.FromResult(PhoneWords.WrongWho),
        };
}
