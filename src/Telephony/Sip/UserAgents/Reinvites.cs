using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>The re-INVITEs of one dialog that are not answered or not confirmed yet.</summary>
internal sealed class Reinvites(UserAgentServer owner, UserAgentCore core, Dialog dialog)
{
    private readonly List<ReinviteServer> _pending = [];

    /// <summary>Whether one has no final response yet.</summary>
    public bool HasOpen => _pending.Exists(reinvite => reinvite.IsOpen);

    /// <summary>Whether an offer of ours waits for the answer in an ACK.</summary>
    public bool AwaitsAnswer => _pending.Exists(reinvite => !reinvite.IsOpen && reinvite.Offer.IsEmpty);

    /// <summary>Takes a further one.</summary>
    public ReinviteServer Add(InviteServerTransaction transaction)
    {
        var reinvite = new ReinviteServer(owner, core, dialog, this, transaction);
        _pending.Add(reinvite);
        return reinvite;
    }

    /// <summary>Forgets one.</summary>
    public void Remove(ReinviteServer reinvite) => _pending.Remove(reinvite);

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
}
