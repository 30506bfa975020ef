using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.Dialogs;

/// <summary>A 2xx to INVITE on its way: repeated from T1, doubling to T2, until its ACK comes or 64*T1 have passed (RFC 3261 section 13.3.1.4).</summary>
/// <remarks>On streams too, because the loss may happen behind the next hop. Owned by the signalling loop.</remarks>
internal sealed class PendingAnswer
{
    private readonly TransactionLayer _layer;
    private readonly ServerTransaction _transaction;
    private readonly SipResponse _response;
    private readonly SignalingTimer _patience;
    private SignalingTimer? _repeat;

    /// <summary>Sends the response for the first time.</summary>
    /// <param name="layer">Gives timers.</param>
    /// <param name="transaction">The INVITE's.</param>
    /// <param name="response">The 2xx.</param>
    /// <param name="onTimeout">Called when no ACK came in time.</param>
    public PendingAnswer(TransactionLayer layer, ServerTransaction transaction, SipResponse response, Action onTimeout)
    {
        _layer = layer;
        _transaction = transaction;
        _response = response;
        _patience = layer.StartTimer(layer.Timers.TransactionLifetime, () => { Stop(); onTimeout(); }, response.CallId);
        _transaction.Respond(response);
        RepeatAfter(layer.Timers.T1);
    }

    /// <summary>The sequence number that its ACK carries.</summary>
    public uint CSeqNumber => _transaction.Request.CSeq.Number;

    /// <summary>The ACK came, or does not matter any more.</summary>
    public void Stop()
    {
        _patience.Cancel();
        _repeat?.Cancel();
    }

    private void RepeatAfter(TimeSpan wait) => _repeat = _layer.StartTimer(wait, () => Repeat(wait), _response.CallId);

    private void Repeat(TimeSpan wait)
    {
        _transaction.Respond(_response);
        RepeatAfter(_layer.Timers.Next(wait));
    }
}
