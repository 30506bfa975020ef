using System.Globalization;
using Telephony.Sip.UserAgents;
using Tools;
using VoiceAgent.Consultations;

namespace VoiceAgent.PhoneTools;

/// <summary>What the model is told about what it wanted done on the phone line.</summary>
internal static class PhoneWords
{
    public static ToolResult CallIsOver { get; } = ToolResult.Failed("The call is over.");

    public static ToolResult CallerChanged { get; } = ToolResult.Failed("Somebody else is on the line now, so it was not done.");

    public static ToolResult Ended { get; } = ToolResult.Ok("The call has ended.");

    public static ToolResult Transferred { get; } = ToolResult.Ok("The caller has been handed over. Say nothing more, unless you are told that they are back.");

    public static ToolResult Noted { get; } = ToolResult.Ok("Noted.", ToolScheduling.Silent);

    public static ToolResult TooMany { get; } = ToolResult.Failed("Too much is being done on the phone line at once; wait for the results.");

    public static ToolResult TooManyNotes { get; } = ToolResult.Failed("No more notes fit into the record of this call.");

    public static ToolResult WrongNote { get; } = ToolResult.Failed("A note has 1 to 500 characters.");

    public static ToolResult WrongWho { get; } = ToolResult.Failed("Say person, voicemail or unclear.");

    /// <summary>A hint in writing; nobody hears it.</summary>
    public const string SoundsLikePerson = "(Heard on the line: a short greeting, then silence. It sounds as if a person has answered.)";

    /// <summary>A hint in writing; nobody hears it.</summary>
    public const string SoundsLikeVoicemail =
        "(Heard on the line: a long greeting without a pause. It sounds like an answering machine; if it is one, wait for its beep, of which you are told, before you leave a message.)";

    /// <summary>From now on a machine records.</summary>
    public const string BeepHeard =
        "(Heard on the line: a beep. If an answering machine has answered, it records from now on: leave your message now, from its beginning. If a person has, go on as you were.)";

    public static ToolResult RecordingIs(bool paused) => ToolResult.Ok(paused ? "The recording is paused: what is said now is not kept." : "The recording goes on.");

    public static ToolResult RecordingWas(bool paused) => ToolResult.Failed(paused ? "Nothing is being recorded at this moment." : "The recording was not paused, or has not begun.");

    public static ToolResult CallerPausedRecording { get; } = ToolResult.Failed("The caller has paused the recording by a key, so it stays paused; only they can let it go on, by a key.");

    public static ToolResult NoDigits { get; } = ToolResult.Failed("This phone line does not take digits now.");

    public static ToolResult SayGoodbye { get; } =
        ToolResult.Ok("Say a short goodbye now, and nothing else. The call ends by itself as soon as the caller has heard it; do not call end_call again.");

    public static ToolResult CallerSpokeBeforeTheEnd { get; } =
        ToolResult.Failed("The caller has begun to speak, so the call was not ended. Listen and answer; call end_call again once the conversation is over.");

    /// <summary>For a model that has had its answer already.</summary>
    public const string CallGoesOn = "(The caller has spoken, so the call was not ended and goes on. Answer them; call end_call again once the conversation is over.)";

    /// <summary>For a model that has had its answer already.</summary>
    public const string TransferStopped = "(The caller has spoken, so they were not transferred. Answer them; call transfer_call again if they still want it.)";

    public static ToolResult CallerSpokeBeforeTheTransfer { get; } =
        ToolResult.Failed("The caller has begun to speak, so they were not transferred. Listen and answer; call transfer_call again if they still want it.");

    public static ToolResult AnnounceTransfer(string name) =>
        ToolResult.Ok($"Tell the caller in one sentence that you connect them to {name} now. They are transferred as soon as they have heard it.");

    public static ToolResult NoSuchTarget(string name, IEnumerable<string> names) =>
        ToolResult.Failed($"'{name}' is not among those to whom a caller can be transferred: {string.Join(", ", names)}.");

    public static ToolResult WrongDigits { get; } =
        ToolResult.Failed("These digits cannot be sent: use 1 to 32 of 0-9, *, #, A-D; a comma waits two seconds, a w half a second.");

    public static ToolResult Busy(PhoneRequest current) => ToolResult.Failed(current switch
    {
        EndRequest => "The call is being ended already; say nothing more.",
        TransferRequest transfer => $"The caller is being transferred to {transfer.Name} already.",
        DigitsRequest => "Digits are being sent; wait for their result first.",
        _ => "The caller has been asked to wait; that ends first.",
    });

    public static ToolResult DigitsSent(string sent, string unsent) => unsent.Length == 0
        ? ToolResult.Ok($"Sent: {sent}")
        : ToolResult.Failed($"Only '{sent}' was sent and '{unsent}' was not: the phone line takes no digits any more.");

    /// <summary>Why a transfer did not come about, as a sentence.</summary>
    public static string NotTransferred(string name, TransferOutcome outcome) => outcome switch
    {
        { End: TransferEnd.Refused } => $"The caller's phone line does not let you transfer them to {name}. Offer something else.",
        { StatusCode: 486 or 600 } => $"{name} is busy. Tell the caller, and offer to try again later or something else.",
        { StatusCode: 480 or 408 or 487 } => $"{name} does not answer. Tell the caller, and offer to try again later or something else.",
        _ => string.Create(CultureInfo.InvariantCulture, $"{name} could not be reached ({outcome.StatusCode}). Tell the caller, and offer something else."),
    };

    /// <summary>Why a person did not take the caller, as a sentence.</summary>
    public static string NotTaken(string name, ConsultOutcome outcome) => outcome.End switch
    {
        ConsultEnd.Busy => $"{name} is busy. Tell the caller, and offer to try again later or something else.",
        ConsultEnd.NoAnswer => $"{name} does not answer. Tell the caller, and offer to try again later or something else.",
        ConsultEnd.Declined when outcome.Detail.Length > 0 => $"{name} was called and did not take the call ({outcome.Detail}). Tell the caller, and offer something else, such as a message.",
        ConsultEnd.Declined => $"{name} was called and did not take the call. Tell the caller, and offer something else, such as a message.",
        ConsultEnd.NotAllowed => $"{name} cannot be called now. Tell the caller, and offer something else.",
        _ => $"{name} could not be reached ({(outcome.Detail.Length > 0 ? outcome.Detail : outcome.End)}). Tell the caller, and offer something else.",
    };

    /// <summary>How a wait ended.</summary>
    public static ToolResult Waited(string how, TimeSpan waited) =>
        ToolResult.Ok(string.Create(CultureInfo.InvariantCulture, $"The caller heard the waiting sound for {waited.TotalSeconds:F0} seconds. {how}"));

    public const string TimeIsOver = "The time is over: speak to them now.";

    public const string CallerSpoke = "They have begun to speak: listen and answer.";

    public const string CallerPressed = "They have pressed a key.";

    public const string AgentSpoke = "It ended because you spoke.";
}
