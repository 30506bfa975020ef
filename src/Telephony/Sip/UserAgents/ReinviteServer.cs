using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>A re-INVITE: the caller wants to change or refresh a session that stands (RFC 3261 section 14.2).</summary>
/// <remarks>Owned by the signalling loop, as are all its members; a command that comes too late does nothing.</remarks>
public sealed class ReinviteServer : IInviteOwner
{
    private readonly TransactionLayer _layer;
    private readonly Dialog _dialog;
    private readonly DialogResponses _responses;
    private readonly InviteServerTransaction _transaction;
    private PendingAnswer? _answer;

    internal ReinviteServer(TransactionLayer layer, Dialog dialog, DialogResponses responses, InviteServerTransaction transaction)
    {
        _layer = layer;
        _dialog = dialog;
        _responses = responses;
        _transaction = transaction;
        _transaction.Owner = this;
    }

    /// <summary>The re-INVITE.</summary>
    public SipRequest Request => _transaction.Request;

    /// <summary>The caller's new offer; empty when it wants ours.</summary>
    public ReadOnlyMemory<byte> Offer => SessionBody.Of(Request);

    /// <summary>Called once when the ACK of our 200 comes, with its session description and content type; a late offer is answered there.</summary>
    public Action<ReadOnlyMemory<byte>, string?>? OnAck { get; set; }

    /// <summary>Called when our 200 cannot be sent: what it offers, the caller never saw.</summary>
    public Action? OnUnsent { get; set; }

    string IInviteOwner.LocalTag => _dialog.Id.LocalTag;

    /// <summary>Called when nothing is to come any more: refused, confirmed, or not to be reached.</summary>
    internal Action? Settled { get; set; }

    /// <summary>Called when the ACK of our 200 did not come in time.</summary>
    internal Action? NotConfirmed { get; set; }

    /// <summary>Whether it still waits for our answer.</summary>
    internal bool IsOpen => !_transaction.IsAnswered && !_transaction.IsTerminated;

    /// <summary>Agrees with 200; the session changes, and the caller's Contact with it.</summary>
    /// <param name="sdp">Our answer, or our offer when the re-INVITE had none.</param>
    public void Accept(ReadOnlyMemory<byte> sdp)
    {
        if (!IsOpen)
            return;
        _dialog.Refresh(Request);
        _answer = new(_layer, _transaction, _responses.Session(_transaction, sdp), () => NotConfirmed?.Invoke());
    }

    /// <summary>Refuses; the session goes on as it was.</summary>
    /// <param name="statusCode">300 to 699.</param>
    /// <param name="reasonPhrase">Null for the usual one.</param>
    /// <param name="headers">Further headers, such as Warning.</param>
    public void Reject(int statusCode, string? reasonPhrase = null, params (string Name, string Value)[] headers)
    {
        if (!IsOpen)
            return;
        _transaction.Respond(_responses.Refusal(_transaction, statusCode, reasonPhrase, headers));
        Settled?.Invoke();
    }

    void IInviteOwner.OnCancel() => Reject(487);

    void IInviteOwner.OnTransportError()
    {
        _answer?.Stop();
        OnUnsent?.Invoke();
        Settled?.Invoke();
    }

    /// <summary>Its ACK came.</summary>
    internal void Confirm(SipRequest ack)
    {
        if (_answer is null)
            return;
        _answer.Stop();
        OnAck?.Invoke(SessionBody.Of(ack), ack.ContentType);
        Settled?.Invoke();
        LetGo();
    }

    /// <summary>The dialog ends.</summary>
    internal void Stop()
    {
        Reject(487);
        _answer?.Stop();
        LetGo();
    }

    // Its transaction waits for repetitions for half a minute yet, and must not hold the call for so long.
    private void LetGo() => (OnAck, OnUnsent, Settled, NotConfirmed) = (null, null, null, null);
}
