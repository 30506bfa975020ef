using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Transactions;

/// <summary>A request we sent, repeated until it is answered or given up (RFC 3261 section 17.1).</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal abstract class ClientTransaction(TransactionLayer layer, TransactionKey key, SipRequest request, SipFlow flow, IClientTransactionUser user)
{
    private ReadOnlyMemory<byte> _bytes = Refusal.Serialize(request);
    private SipFlow _flow = flow;
    private SignalingTimer? _repeat;
    private SignalingTimer? _lifetime;
    private bool _isLimited = request.To.Tag is not null;   // within a dialog nobody is rung: a device answers a re-INVITE by itself

    /// <summary>The request, its Via included.</summary>
    public SipRequest Request { get; } = request;

    /// <summary>What responses are recognised by.</summary>
    public TransactionKey Key { get; } = key;

    /// <summary>The way it would have gone but for its size, and goes when the stream does not come about (RFC 3261 section 18.1.1); null for no other.</summary>
    public SipFlow? Fallback { get; init; }

    /// <summary>The way the request went.</summary>
    public SipFlow Flow => _flow;

    /// <summary>The way the latest response came; null before the first.</summary>
    public SipFlow? AnsweredOn { get; set; }

    /// <summary>Whether it is over.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>Whether nothing has to be repeated on the way.</summary>
    protected bool IsReliable => _flow.IsReliable;

    /// <summary>The figures all timers are made of.</summary>
    protected SipTimers Timers => layer.Timers;

    /// <summary>Who is told.</summary>
    protected IClientTransactionUser User { get; } = user;

    /// <summary>Sends the request and starts the timers.</summary>
    public void Start()
    {
        Live(Timers.TransactionLifetime, () => Fail(isTimeout: true));
        if (!IsReliable)
            RepeatAfter(Timers.T1);
        Transmit(_bytes);
    }

    /// <summary>A response that matches.</summary>
    public abstract void OnResponse(SipResponse response);

    /// <summary>From now on waits for a final response no longer than a transaction lives, as after CANCEL (RFC 3261 section 9.1).</summary>
    public void LimitWait()
    {
        if (IsTerminated)
            return;
        _isLimited = true;
        Live(Timers.TransactionLifetime, () => Fail(isTimeout: true));
    }

    /// <summary>Whether the request still has to be repeated.</summary>
    protected abstract bool IsRepeating { get; }

    /// <summary>The wait after this one.</summary>
    protected abstract TimeSpan NextWait(TimeSpan wait);

    /// <summary>Sends bytes of this transaction.</summary>
    protected void Transmit(ReadOnlyMemory<byte> bytes) => layer.Transmit(bytes, _flow, Request.CallId, OnSendFailed);

    /// <summary>Stops the lifetime timer and starts another one.</summary>
    protected void Live(TimeSpan lifetime, Action end)
    {
        _lifetime?.Cancel();
        _lifetime = layer.StartTimer(lifetime, end, Request.CallId);
    }

    /// <summary>The request needs no more repetition, and waiting for an answer has no limit of ours any more, unless <see cref="LimitWait"/> set one.</summary>
    protected void StopTimers()
    {
        _repeat?.Cancel();
        if (!_isLimited)
            _lifetime?.Cancel();
    }

    /// <summary>Forgets the transaction.</summary>
    protected void Terminate()
    {
        if (IsTerminated)
            return;
        IsTerminated = true;
        StopTimers();
        _lifetime?.Cancel();
        layer.Remove(this);
    }

    private void OnSendFailed()
    {
        if (Fallback is null || _flow == Fallback || !IsRepeating)
            Fail(isTimeout: false);
        else if (!IsTerminated)
            FallBack(Fallback);
    }

    private void FallBack(SipFlow other)
    {
        _flow = other;
        Request.TopVia = TransactionLayer.ViaFor(other, Request.TopVia.Branch!);
        _bytes = Refusal.Serialize(Request);
        RepeatAfter(Timers.T1);
        Transmit(_bytes);
    }

    private void Fail(bool isTimeout)
    {
        if (IsTerminated)
            return;
        Terminate();
        User.OnFailed(Request, isTimeout);
    }

    private void RepeatAfter(TimeSpan wait) => _repeat = layer.StartTimer(wait, () => Repeat(wait), Request.CallId);

    private void Repeat(TimeSpan wait)
    {
        if (!IsRepeating || IsTerminated)
            return;
        Transmit(_bytes);
        RepeatAfter(NextWait(wait));
    }
}
