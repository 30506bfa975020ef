using Telephony.Calls;
using Telephony.Rtp;
using Tools;
using VoiceAgent.Agents;
using VoiceAgent.Calls;

namespace VoiceAgent.PhoneTools;

/// <summary>The phone tools' side of one call: hands each wish to the call's loop, where <see cref="PhoneActs"/> carries it out, and waits for its answer.</summary>
/// <remarks>Any thread.</remarks>
/// <param name="call">The call.</param>
/// <param name="canHold">Whether there is a waiting sound.</param>
/// <param name="post">Hands a signal to the call's loop.</param>
internal sealed class CallControl(Call call, bool canHold, Action<CallSignal> post) : ICallControl
{
    // A model that asks for more at the same time is in a loop.
    private const int MaxOpen = 16;

    private readonly Lock _gate = new();
    private readonly HashSet<PhoneRequest> _open = [];
    private bool _isOver;

    /// <inheritdoc/>
    public bool CanTransfer => call.CanTransfer;

    /// <inheritdoc/>
    public bool CanSendDigits => call.IsOutbound || call.CanSendDigits;   // of a call of ours it is known when it is answered

    /// <inheritdoc/>
    public bool CanHold => canHold;

    /// <inheritdoc/>
    public bool IsOutbound => call.IsOutbound;

    /// <inheritdoc/>
    public bool IsRecorded { get; init; }

    /// <inheritdoc/>
    public Task<ToolResult> EndAsync(string reason, CancellationToken cancellation) => AskAsync(new EndRequest(reason), cancellation);

    /// <inheritdoc/>
    public Task<ToolResult> TransferAsync(string name, TransferOption target, string briefing, CancellationToken cancellation) =>
        AskAsync(new TransferRequest(name, target, briefing), cancellation);

    /// <inheritdoc/>
    public Task<ToolResult> SendDigitsAsync(DigitSequence digits, CancellationToken cancellation) => AskAsync(new DigitsRequest(digits), cancellation);

    /// <inheritdoc/>
    public Task<ToolResult> HoldAsync(TimeSpan length, CancellationToken cancellation) => AskAsync(new HoldRequest(length), cancellation);

    /// <inheritdoc/>
    public Task<ToolResult> NoteAsync(string text, CancellationToken cancellation) => AskAsync(new NoteRequest(text), cancellation);

    /// <inheritdoc/>
    public Task<ToolResult> RecordAsync(bool isPause, CancellationToken cancellation) => AskAsync(new RecordingRequest(isPause), cancellation);

    /// <inheritdoc/>
    public Task<ToolResult> AnsweredByAsync(AnsweredBy who, CancellationToken cancellation) => AskAsync(new AnsweredByRequest(who), cancellation);

    /// <summary>The call is over: whoever waits is told so, and whoever asks later too.</summary>
    public void End()
    {
        lock (_gate)
            _isOver = true;
        // Nothing is added any more.
        foreach (var request in _open)
            request.Conclude(PhoneWords.CallIsOver);
    }

    private async Task<ToolResult> AskAsync(PhoneRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_isOver)
                return PhoneWords.CallIsOver;
            if (_open.Count >= MaxOpen)
                return PhoneWords.TooMany;
            _open.Add(request);
        }
        post(new CallSignal(null, request));
        try
        {
            await using var cancelled = cancellation.Register(() =>
            {
                request.Cancel();
                post(new CallSignal(null, new RequestCancelled(request)));
            });
            return await request.Answer;
        }
        finally
        {
            lock (_gate)
            {
                if (!_isOver)
                    _open.Remove(request);
            }
        }
    }
}
