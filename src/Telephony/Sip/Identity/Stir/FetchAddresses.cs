using System.Net;
using System.Net.Sockets;

namespace Telephony.Sip.Identity.Stir;

/// <summary>Which addresses a certificate may be fetched from, because a stranger's token names the host (IANA special-purpose registries).</summary>
internal static class FetchAddresses
{
    private static readonly IPNetwork[] NotPublic =
    [
        .. ((string[])[
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"]).Select(network => IPNetwork.Parse(network)),
    ];

    // Global unicast is all that a public host has in IPv6; of it the ranges below carry an IPv4 address or are no hosts.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] NotGlobal = [IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("3fff::/20")];

    /// <summary>Whether an address can be a public host's.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? !Array.Exists(NotPublic, network => network.Contains(address))
            : GlobalUnicast.Contains(address) && !Array.Exists(NotGlobal, network => network.Contains(address));
    }
}
