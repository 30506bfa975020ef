using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>What leads up to a call within its dialog, ours or the peer's: told by <see cref="InviteDialog"/> of what comes meanwhile.</summary>
/// <remarks>All calls come on the signalling loop.</remarks>
internal interface IInviteBeginning
{
    /// <summary>Whether an offer of ours went out, in an INVITE or a 2xx, whose answer is not here yet.</summary>
    bool IsOfferOpen { get; }

    /// <summary>An ACK that belongs to no re-INVITE.</summary>
    void OnAck(SipRequest ack);

    /// <summary>Whether both sides have agreed on a session before the answer, so that it may be changed (RFC 3311 section 5.2).</summary>
    bool HasEarlySession => false;

    /// <summary>A PRACK: answers it if it confirms a provisional response of ours.</summary>
    /// <returns>False when it confirms none: 481.</returns>
    bool TryTakePrack(ServerTransaction prack) => false;

    /// <summary>The peer sent BYE before the answer; 200 has been sent.</summary>
    void OnBye();

    /// <summary>We want no call any more, before the answer.</summary>
    void GiveUp();

    /// <summary>A bug has hit the call before the answer: end it towards the peer.</summary>
    void Fail();

    /// <summary>The dialog ends: nothing is repeated any more.</summary>
    void Stop();

    /// <summary>It is over, and nobody wants to hear anything of it any more.</summary>
    void LetGo()
    {
    }
}
