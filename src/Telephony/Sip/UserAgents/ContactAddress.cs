using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.UserAgents;

/// <summary>Our own Contact: where the peer's requests within the dialog shall come (RFC 3261 section 12.1.1).</summary>
internal static class ContactAddress
{
    /// <summary>The address that this peer reaches us by, with the protocol when it is not UDP.</summary>
    /// <param name="flow">The way its request came.</param>
    /// <param name="user">The dialled user, or null.</param>
    public static NameAddress Of(SipFlow flow, string? user)
    {
        var local = flow.Transport.LocalEndPoint;
        var uri = new SipUri { User = string.IsNullOrEmpty(user) ? null : user, Host = flow.AdvertisedAddress.ToString(), Port = local.EndPoint.Port };
        return new NameAddress { Uri = local.Protocol == SipProtocol.Tcp ? uri with { Parameters = uri.Parameters.With("transport", "tcp") } : uri };
    }
}
