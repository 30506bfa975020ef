using Telephony.Sip.Identity;
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

    /// <summary>Whether it names our own number in this call, however it is written: the one that the call came in on, or the one that we call as.</summary>
    private bool LeadsBack(ReferTarget target) =>
        !target.Replaces && OutboundTarget.Of(target.Uri)?.Number is { } number && (IsSame(number, leg.Call.Identity.OwnNumber) || IsSame(number, leg.Identity.OwnNumber));

    private bool IsSame(string number, string? own) => own is not null && Spelling(number) == Spelling(own);

    private string Spelling(string number)
    {
        var plain = string.Concat(number.Where(c => c is not ('-' or '.' or '(' or ')' or ' ')));
        return TelephoneNumber.Global(plain, services.Options.Stir.CountryCode) ?? plain;
    }
}
