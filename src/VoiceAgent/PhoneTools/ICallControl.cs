using Telephony.Rtp;
using Tools;
using VoiceAgent.Agents;
using VoiceAgent.Calls;

namespace VoiceAgent.PhoneTools;

/// <summary>What the agent may do with the phone call it is in: the door from the phone tools to the call; replaced in tests.</summary>
/// <remarks>Any thread. Each task ends with words for the model; it is cancelled when the model takes its wish back, and ends with the call at the latest.</remarks>
internal interface ICallControl
{
    /// <summary>Whether the caller's device may be able to call somebody else.</summary>
    bool CanTransfer { get; }

    /// <summary>Whether the caller's device takes digits.</summary>
    bool CanSendDigits { get; }

    /// <summary>Whether there is a sound for a caller who is asked to wait.</summary>
    bool CanHold { get; }

    /// <summary>Whether it is we who called.</summary>
    bool IsOutbound { get; }

    /// <summary>Whether the call is recorded.</summary>
    bool IsRecorded { get; }

    /// <summary>Hangs up once the caller has heard the agent's goodbye, unless the caller speaks before.</summary>
    /// <param name="reason">For the record; may be empty.</param>
    /// <param name="cancellation">The model's wish is taken back.</param>
    Task<ToolResult> EndAsync(string reason, CancellationToken cancellation);

    /// <summary>Hands the caller to somebody else once they have heard the agent say so, unless they speak before.</summary>
    /// <param name="name">Whom the model calls the target.</param>
    /// <param name="target">Whom to call.</param>
    /// <param name="briefing">What a person who is asked first is told; empty for nothing.</param>
    /// <param name="cancellation">The model's wish is taken back.</param>
    Task<ToolResult> TransferAsync(string name, TransferOption target, string briefing, CancellationToken cancellation);

    /// <summary>Sends digits to the caller's side.</summary>
    Task<ToolResult> SendDigitsAsync(DigitSequence digits, CancellationToken cancellation);

    /// <summary>Lets the caller hear the waiting sound, until they speak or the time is over.</summary>
    Task<ToolResult> HoldAsync(TimeSpan length, CancellationToken cancellation);

    /// <summary>Writes something into the call's record.</summary>
    Task<ToolResult> NoteAsync(string text, CancellationToken cancellation);

    /// <summary>Pauses the recording of the call, or has it go on.</summary>
    Task<ToolResult> RecordAsync(bool isPause, CancellationToken cancellation);

    /// <summary>Writes into the record who answered a call of ours.</summary>
    Task<ToolResult> AnsweredByAsync(AnsweredBy who, CancellationToken cancellation);
}
