using System.Net;
using System.Net.Sockets;

namespace Telephony.Sip.Transport;

/// <summary>Zones of link-local IPv6 addresses (RFC 4007): a number of this machine's, needed to send to such an address and meaningless to everybody else.</summary>
internal static class LinkLocal
{
    /// <summary>The address as others may be told.</summary>
    public static IPAddress WithoutZone(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;

    /// <summary>An end point that a peer named, in the zone that the peer itself is in.</summary>
    /// <param name="named">What Contact or a session description says.</param>
    /// <param name="peer">Where its messages come from.</param>
    public static IPEndPoint InZoneOf(IPEndPoint named, IPAddress peer) => IsWithoutZone(named.Address) && peer.IsIPv6LinkLocal && peer.ScopeId != 0
        ? new IPEndPoint(new IPAddress(named.Address.GetAddressBytes(), peer.ScopeId), named.Port)
        : named;

    private static bool IsWithoutZone(IPAddress address) => address.IsIPv6LinkLocal && address.ScopeId == 0;
}
