using System.Net;

namespace Telephony.Sip.Transport;

/// <summary>Tells addresses that mean something only inside their own network from those of the public network.</summary>
internal static class PrivateAddress
{
    /// <summary>RFC 1918, RFC 6598 (carrier-grade NAT), loopback, link-local, and the same of IPv6 (RFC 4193).</summary>
    public static IReadOnlyList<AddressRange> Networks { get; } =
    [
        .. new[]
        {
            "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10", "fc00::/7",
        }.Select(text => AddressRange.TryParse(text, out var range) ? range : throw new FormatException(text)),
    ];

    /// <summary>Whether the address cannot be reached from elsewhere.</summary>
    public static bool Is(IPAddress address) => Networks.Any(network => network.Contains(address));

    /// <summary>Whether an address that a peer names is behind a NAT, seen from where its messages come from: a private one of another kind than theirs.</summary>
    /// <param name="named">What the peer says: in Via, Contact or SDP.</param>
    /// <param name="source">Where its messages come from.</param>
    public static bool IsBehindNat(IPAddress named, IPAddress source) =>
        named.AddressFamily == source.AddressFamily && Networks.Any(network => network.Contains(named) && !network.Contains(source));
}
