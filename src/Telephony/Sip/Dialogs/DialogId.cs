using Telephony.Sip.Messages;

namespace Telephony.Sip.Dialogs;

/// <summary>Names a dialog: Call-ID and both tags (RFC 3261 section 12).</summary>
/// <param name="SipCallId">The Call-ID.</param>
/// <param name="LocalTag">Our tag.</param>
/// <param name="RemoteTag">The peer's tag; empty for a peer of RFC 2543 without one.</param>
internal readonly record struct DialogId(string SipCallId, string LocalTag, string RemoteTag)
{
    /// <summary>The dialog that a request from the peer is meant for.</summary>
    public static DialogId Of(SipRequest request) => new(request.CallId, request.To.Tag ?? "", request.From.Tag ?? "");
}
