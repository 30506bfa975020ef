using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.UserAgents;

/// <summary>Our own Contact: where the peer's requests within the dialog shall come (RFC 3261 section 12.1.1).</summary>
internal static class ContactAddress
{
    /// <summary>The address that this peer reaches us by, with the protocol when it is not UDP; a SIPS URI in a dialog that was made by one.</summary>
    /// <param name="flow">The way its request came.</param>
    /// <param name="user">The dialled user, or null.</param>
    /// <param name="isSips">Whether the dialog promises TLS on every hop.</param>
    public static NameAddress Of(SipFlow flow, string? user, bool isSips)
    {
        var local = flow.Transport.LocalEndPoint;
        var uri = new SipUri { User = string.IsNullOrEmpty(user) ? null : user, Host = flow.AdvertisedHost, Port = flow.AdvertisedPort };
        if (isSips && flow.IsSecure)
            uri = uri with { Scheme = SipUri.Secure };   // says TLS already (RFC 5630 section 3.1.4)
        else if (local.Protocol != SipProtocol.Udp)
            uri = uri with { Parameters = uri.Parameters.With("transport", local.TransportName.ToLowerInvariant()) };
        return new NameAddress { Uri = uri };
    }
}
