using Telephony.Rtp;
using Tools;
using VoiceAgent.Agents;
using VoiceAgent.Calls;

namespace VoiceAgent.PhoneTools;

/// <summary>One wish of the agent, on its way from a tool's thread to the call's loop, and the answer on its way back.</summary>
internal abstract class PhoneRequest
{
    private readonly TaskCompletionSource<ToolResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The words for the model.</summary>
    public Task<ToolResult> Answer => _answer.Task;

    /// <summary>Gives the answer; false when there is one already.</summary>
    public bool Conclude(ToolResult result) => _answer.TrySetResult(result);

    /// <summary>The model has taken the wish back.</summary>
    public void Cancel() => _answer.TrySetCanceled();
}

/// <summary>The call shall end.</summary>
/// <param name="reason">For the record; may be empty.</param>
internal sealed class EndRequest(string reason) : PhoneRequest
{
    public string Reason => reason;
}

/// <summary>The caller shall be handed to somebody else.</summary>
/// <param name="name">Name of the target.</param>
/// <param name="option">Whom to call, and how.</param>
/// <param name="briefing">What a person who is asked first is told; empty for nothing.</param>
internal sealed class TransferRequest(string name, TransferOption option, string briefing) : PhoneRequest
{
    public string Name => name;

    public TransferOption Option => option;

    public string Target => option.Target;

    public string Briefing => briefing;
}

/// <summary>Digits shall be sent.</summary>
internal sealed class DigitsRequest(DigitSequence digits) : PhoneRequest
{
    public DigitSequence Digits => digits;
}

/// <summary>The caller shall wait.</summary>
internal sealed class HoldRequest(TimeSpan length) : PhoneRequest
{
    public TimeSpan Length => length;
}

/// <summary>Something shall be noted.</summary>
internal sealed class NoteRequest(string text) : PhoneRequest
{
    public string Text => text;
}

/// <summary>The recording shall pause, or go on.</summary>
internal sealed class RecordingRequest(bool isPause) : PhoneRequest
{
    public bool IsPause => isPause;
}

/// <summary>The model says who answered.</summary>
internal sealed class AnsweredByRequest(AnsweredBy who) : PhoneRequest
{
    public AnsweredBy Who => who;
}

/// <summary>The model has taken a wish back.</summary>
internal sealed record RequestCancelled(PhoneRequest Request);
