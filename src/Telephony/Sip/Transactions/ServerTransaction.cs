using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Transactions;

/// <summary>A request we received and what we answered: absorbs repetitions, repeats the answer (RFC 3261 section 17.2).</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal abstract class ServerTransaction(TransactionLayer layer, TransactionKey key, SipRequest request, SipFlow flow)
{
    private ReadOnlyMemory<byte> _lastResponse;

    /// <summary>The request that opened it.</summary>
    public SipRequest Request { get; } = request;

    /// <summary>The way the request came.</summary>
    public SipFlow Flow { get; } = flow;

    /// <summary>Name of the user who has proven to send it; null for anybody else.</summary>
    public string? User { get; init; }

    /// <summary>What repetitions are recognised by.</summary>
    public TransactionKey Key { get; } = key;

    /// <summary>Whether the sender may still be served: false once the last timer ran out or sending failed.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>The response sent last; null before the first.</summary>
    public SipResponse? LastResponse { get; private set; }

    /// <summary>Whether a final response was given.</summary>
    public bool IsAnswered => LastResponse is { IsFinal: true };

    /// <summary>The way responses go.</summary>
    private SipFlow ResponseFlow { get; } = ResponseRoute.For(flow, request.TopVia);

    /// <summary>Whether nothing has to be repeated on the way.</summary>
    protected bool IsReliable => Flow.IsReliable;

    /// <summary>The figures all timers are made of.</summary>
    protected SipTimers Timers => layer.Timers;

    /// <summary>Sends a response; one that comes after the final one is ignored.</summary>
    public abstract void Respond(SipResponse response);

    /// <summary>The request came again.</summary>
    public abstract void OnRetransmission();

    /// <summary>Keeps the response and sends it.</summary>
    protected void Send(SipResponse response)
    {
        LastResponse = response;
        _lastResponse = Refusal.Serialize(response);
        SendAgain();
    }

    /// <summary>Sends the last response again, if there is one.</summary>
    protected void SendAgain()
    {
        if (LastResponse is not null)
            layer.Transmit(_lastResponse, ResponseFlow, Request.CallId, OnSendFailed);
    }

    /// <summary>Starts a timer that belongs to this call.</summary>
    protected SignalingTimer StartTimer(TimeSpan due, Action callback) => layer.StartTimer(due, callback, Request.CallId);

    /// <summary>Forgets the transaction.</summary>
    protected void Terminate()
    {
        if (IsTerminated)
            return;
        IsTerminated = true;
        OnTerminated();
        layer.Remove(this);
    }

    /// <summary>Stops what timers are left.</summary>
    protected abstract void OnTerminated();

    private void OnSendFailed()
    {
        if (IsTerminated)
            return;
        Terminate();
        layer.User.OnTransportError(this);
    }
}
