using Telephony.Rtp;
using Tools;
using VoiceAgent.Agents;
using VoiceAgent.Calls;

namespace VoiceAgent.PhoneTools;

/// <summary>Stands for a call where there is none, as when tools are listed or tried from the shell: every tool is there, and says that there is no call.</summary>
internal sealed class NoCall : ICallControl
{
    private static readonly Task<ToolResult> Nothing = Task.FromResult(ToolResult.Failed("There is no phone call."));

    private NoCall()
    {
    }

    /// <summary>The only one.</summary>
    public static NoCall Instance { get; } = new();

    /// <inheritdoc/>
    public bool CanTransfer => true;

    /// <inheritdoc/>
    public bool CanSendDigits => true;

    /// <inheritdoc/>
    public bool CanHold => true;

    /// <inheritdoc/>
    public bool IsOutbound => true;

    /// <inheritdoc/>
    public bool IsRecorded => true;

    /// <inheritdoc/>
    public Task<ToolResult> EndAsync(string reason, CancellationToken cancellation) => Nothing;

    /// <inheritdoc/>
    public Task<ToolResult> TransferAsync(string name, TransferOption target, string briefing, CancellationToken cancellation) => Nothing;

    /// <inheritdoc/>
    public Task<ToolResult> SendDigitsAsync(DigitSequence digits, CancellationToken cancellation) => Nothing;

    /// <inheritdoc/>
    public Task<ToolResult> HoldAsync(TimeSpan length, CancellationToken cancellation) => Nothing;

    /// <inheritdoc/>
    public Task<ToolResult> NoteAsync(string text, CancellationToken cancellation) => Nothing;

    /// <inheritdoc/>
    public Task<ToolResult> RecordAsync(bool isPause, CancellationToken cancellation) => Nothing;

    /// <inheritdoc/>
    public Task<ToolResult> AnsweredByAsync(AnsweredBy who, CancellationToken cancellation) => Nothing;
}
