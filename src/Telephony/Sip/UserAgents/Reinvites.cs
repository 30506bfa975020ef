using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>The re-INVITEs of one dialog that are not answered or not confirmed yet.</summary>
/// <param name="core">Refuses.</param>
/// <param name="dialog">The dialog.</param>
/// <param name="responses">Builds the answers.</param>
/// <param name="onAckTimeout">The ACK of a 2xx did not come.</param>
/// <param name="onSettled">One of them is over.</param>
internal sealed class Reinvites(UserAgentCore core, Dialog dialog, DialogResponses responses, Action onAckTimeout, Action onSettled)
{
    private readonly List<ReinviteServer> _pending = [];

    /// <summary>Whether any is not over.</summary>
    public bool IsBusy => _pending.Count > 0;

    /// <summary>Whether one waits for our answer.</summary>
    public bool HasOpen => _pending.Exists(reinvite => reinvite.IsOpen);

    /// <summary>Whether our answer to one was an offer, and the peer's answer is not here yet.</summary>
    public bool AwaitsAnswer => _pending.Exists(reinvite => !reinvite.IsOpen && reinvite.Offer.IsEmpty);

    /// <summary>Takes a further one, unless it crosses something that must end first (RFC 3261 section 14.2).</summary>
    /// <param name="transaction">The re-INVITE.</param>
    /// <param name="isAnswered">Whether the INVITE that made the dialog has its 200.</param>
    /// <param name="isOurOfferOpen">Whether an offer of ours has no answer yet: in that 200, or in a re-INVITE of our own.</param>
    /// <param name="handler">Who decides.</param>
    public void Receive(InviteServerTransaction transaction, bool isAnswered, bool isOurOfferOpen, IInviteHandler handler)
    {
        if (!isAnswered || HasOpen)
            core.RefuseForNow(transaction);
        else if (isOurOfferOpen || AwaitsAnswer)
            core.Refuse(transaction, 491);
        else
            handler.OnReinvite(Add(transaction));
    }

    /// <summary>Whether the ACK confirms one of them.</summary>
    public bool TryConfirm(SipRequest ack)
    {
        if (_pending.Find(reinvite => reinvite.Request.CSeq.Number == ack.CSeq.Number) is not { } confirmed)
            return false;
        confirmed.Confirm(ack);
        return true;
    }

    /// <summary>The dialog ends: open ones are answered 487, accepted ones no longer repeated (RFC 3261 section 15.1.2).</summary>
    public void Stop()
    {
        foreach (var reinvite in _pending.ToArray())
            reinvite.Stop();
        _pending.Clear();
    }

    private ReinviteServer Add(InviteServerTransaction transaction)
    {
        var reinvite = new ReinviteServer(core.Layer, dialog, responses, transaction);
        reinvite.Settled = () =>
        {
            _pending.Remove(reinvite);
            onSettled();
        };
        reinvite.NotConfirmed = onAckTimeout;
        _pending.Add(reinvite);
        return reinvite;
    }
}
