using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.UserAgents;

/// <summary>The single owner of all SIP state: runs messages, timers and commands one after the other.</summary>
/// <remarks>It has a thread of its own, so that no call's work keeps signalling waiting for one of the pool's. The queue is bounded. Messages get half of it, so that a flood leaves room for timers and commands; what does not fit is dropped and counted.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Posts come at any time, after the stop too; a semaphore whose wait handle nobody asks for holds nothing that must be given back.")]
internal sealed class SignalingLoop : ISignalingLoop, ITransportListener
{
    private const int Capacity = 16_384;
    private const int MessageCapacity = Capacity / 2;

    private readonly Channel<WorkItem> _queue = Channel.CreateBounded<WorkItem>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly ILogger _logger;
    private readonly bool _isInline;
    private bool _isDraining;
    private Task _running = Task.CompletedTask;

    /// <param name="logger">Gets what goes wrong.</param>
    /// <param name="isInline">For tests: work runs at once on the posting thread, which must be the only one; nested work after it.</param>
    public SignalingLoop(ILogger logger, bool isInline = false)
    {
        _logger = logger;
        _isInline = isInline;
    }

    private readonly record struct WorkItem(Action Work, string? SipCallId);

    /// <summary>Takes the messages; set before the start.</summary>
    public Action<InboundMessage> MessageReceived { get; set; } = _ => { };

    /// <summary>Ends a call that a bug has hit; set before the start.</summary>
    public Action<string> CallFailed { get; set; } = _ => { };

    /// <summary>Starts to work.</summary>
    public void Start()
    {
        if (!_isInline)
            _running = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Does what is queued and ends; later work is refused.</summary>
    public Task StopAsync()
    {
        _queue.Writer.TryComplete();
        _waiting.Release();
        return _running;
    }

    public bool OnMessage(InboundMessage message) =>
        _queue.Reader.Count < MessageCapacity && TryPost(() => MessageReceived(message), message.SipCallId);

    public bool TryPost(Action work, string? sipCallId)
    {
        if (!_queue.Writer.TryWrite(new(work, sipCallId)))
            return false;
        if (!_isInline)
            _waiting.Release();
        else if (!_isDraining)
            Drain();
        return true;
    }

    public void Run(Action work, string? sipCallId)
    {
        if (!TryRun(work, sipCallId) && sipCallId is not null)
            TryRun(() => CallFailed(sipCallId), sipCallId);
    }

    [SuppressMessage("Design", "CA1031", Justification = "The loop's catch-all: a bug ends the call it was met in, not the others.")]
    private bool TryRun(Action work, string? sipCallId)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception failure)
        {
            _logger.WorkFailed(sipCallId ?? "-", failure);
            return false;
        }
    }

    private void Work()
    {
        while (!_queue.Reader.Completion.IsCompleted)
        {
            _waiting.Wait();
            if (_queue.Reader.TryRead(out var item))
                Run(item.Work, item.SipCallId);
        }
    }

    private void Drain()
    {
        _isDraining = true;
        while (_queue.Reader.TryRead(out var item))
            Run(item.Work, item.SipCallId);
        _isDraining = false;
    }
}
