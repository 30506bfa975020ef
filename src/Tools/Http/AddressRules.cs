using System.Net;
using System.Net.Sockets;

namespace Tools.Http;

/// <summary>Which addresses a declared web call may reach (IANA special-purpose registries of IPv4 and IPv6).</summary>
internal static class AddressRules
{
    // Nobody serves a shop there: unspecified, multicast, broadcast and reserved, and the addresses at which clouds give out credentials.
    private static readonly IPNetwork[] Never = Networks(
        "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "169.254.169.254/32", "100.100.100.200/32", "192.0.0.192/32", "::/128", "ff00::/8", "fd00:ec2::254/128");

    private static readonly IPNetwork[] Private = Networks(
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "::1/128", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10");

    // They carry an IPv4 address: compatible, NAT64 and 6to4, with the place of its first byte.
    private static readonly (IPNetwork Network, int Offset)[] Carriers =
        [(IPNetwork.Parse("::/96"), 12), (IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("64:ff9b:1::/48"), 12), (IPNetwork.Parse("2002::/16"), 2)];

    /// <summary>Whether an address belongs to this machine or to a network of its own, or is not fit for a call at all.</summary>
    public static bool IsPrivate(IPAddress address) => IsIn(Private, address) || IsNever(address);

    /// <summary>Whether an address is refused whatever the settings.</summary>
    public static bool IsNever(IPAddress address) => IsIn(Never, address);

    private static bool IsIn(IPNetwork[] networks, IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (networks.Any(network => network.Contains(address)))
            return true;
        return address.AddressFamily == AddressFamily.InterNetworkV6 && Carried(address) is { } inner && IsIn(networks, inner);
    }

    private static IPAddress? Carried(IPAddress address)
    {
        if (address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.IPv6Loopback))
            return null;
        foreach (var (network, offset) in Carriers)
        {
            if (network.Contains(address))
                return new IPAddress(address.GetAddressBytes().AsSpan(offset, 4));
        }
        return null;
    }

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(network => IPNetwork.Parse(network))];
}
