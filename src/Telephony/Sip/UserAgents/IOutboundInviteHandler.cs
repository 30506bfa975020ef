using Telephony.Sip.Messages;

namespace Telephony.Sip.UserAgents;

/// <summary>Who is told what becomes of an INVITE of ours, and then of the call. Called on the signalling loop; must return at once.</summary>
/// <remarks>Either <see cref="OnRefused"/> is told, once, and then <see cref="OnClosed"/>, or <see cref="OnAccepted"/>, after which the call goes on as one that
/// came in does.</remarks>
internal interface IOutboundInviteHandler : IInviteHandler
{
    /// <summary>A provisional response above 100.</summary>
    /// <param name="statusCode">101 to 199.</param>
    /// <param name="dialog">Of the device that sent it; null when it does not say.</param>
    /// <param name="sdp">The answer to our offer that it carries, for what is heard before the call is answered; empty as a rule.</param>
    void OnProgress(int statusCode, InviteDialog? dialog, ReadOnlyMemory<byte> sdp);

    /// <summary>A device that has agreed on a session changes it by UPDATE before it answers the call (RFC 3311 section 5.2).</summary>
    /// <param name="dialog">Of that device.</param>
    /// <param name="offer">Its SDP.</param>
    OfferReply OnEarlyOffer(InviteDialog dialog, ReadOnlyMemory<byte> offer);

    /// <summary>The call is answered, and the ACK has gone out.</summary>
    /// <param name="dialog">Where the call goes on.</param>
    /// <param name="response">The 2xx.</param>
    /// <param name="sdp">The answer to our offer, were it given before or now; empty when the callee never gave one.</param>
    void OnAccepted(InviteDialog dialog, SipResponse response, ReadOnlyMemory<byte> sdp);

    /// <summary>There will be no call: it was refused, could not be delivered, rang too long, or was given up by us.</summary>
    void OnRefused(InviteRefusal refusal);

    /// <summary>After <see cref="OnRefused"/>: nothing of the INVITE is on its way any more.</summary>
    void OnClosed();
}

/// <summary>Why an INVITE of ours led to no call.</summary>
/// <param name="StatusCode">The final response; 408 for none in time, 503 when it could not be sent (RFC 3261 section 8.1.3.1), 487 when we gave up.</param>
/// <param name="ReasonPhrase">The words of the response, or ours.</param>
/// <param name="RetryAfter">Value of its Retry-After header, or null.</param>
/// <param name="HasProgress">Whether anybody had taken the INVITE: without it, another server may be asked.</param>
internal sealed record InviteRefusal(int StatusCode, string ReasonPhrase, string? RetryAfter = null, bool HasProgress = false);
