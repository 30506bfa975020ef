using Telephony.Sip.Messages;

namespace Telephony.Sip.UserAgents;

/// <summary>Takes the place of the host of an INVITE of ours once that is over.</summary>
internal sealed class SilentOutboundHandler : SilentInviteHandler, IOutboundInviteHandler
{
    /// <summary>It has no state.</summary>
    public static new readonly SilentOutboundHandler Instance = new();

    private SilentOutboundHandler()
    {
    }

    public void OnProgress(int statusCode, InviteDialog? dialog, ReadOnlyMemory<byte> sdp)
    {
    }

    public OfferReply OnEarlyOffer(InviteDialog dialog, ReadOnlyMemory<byte> offer) => new(488, default);

    public void OnAccepted(InviteDialog dialog, SipResponse response, ReadOnlyMemory<byte> sdp)
    {
    }

    public void OnRefused(InviteRefusal refusal)
    {
    }

    public void OnClosed()
    {
    }
}
