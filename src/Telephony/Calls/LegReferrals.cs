using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>The wishes of one leg's peer that somebody else be called in its place; one at a time.</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class LegReferrals(CallLeg leg, CallLayer layer, CallServices services)
{
    private Referral? _current;

    /// <summary>Whether somebody is being called.</summary>
    public bool IsOpen => _current is { IsOpen: true };

    /// <summary>Takes a REFER; refused are one that leads back to us, one too many, and one of a peer that has handed its call away.</summary>
    public void Receive(ReferServer refer)
    {
        if (leg.Stage != CallStage.Answered || !leg.HasAudio || LeadsBack(refer.Target))
        {
            refer.Refuse(603);
            return;
        }
        if (IsOpen || leg.Dialog is { IsReferring: true })
        {
            refer.Refuse(491);
            return;
        }
        _current = new Referral(leg, layer, services, refer);
        _current.Begin();
    }

    /// <summary>The call is over: nobody is called any more.</summary>
    public void GiveUp() => _current?.GiveUp();

    /// <summary>Whether it names the number that this call came in on.</summary>
    private bool LeadsBack(ReferTarget target) =>
        !leg.Identity.IsOutbound && !target.Replaces && OutboundTarget.Of(target.Uri)?.Number is { } number && number == leg.Identity.DialledNumber;
}
