using System.Net;
using System.Net.Sockets;

namespace Telephony.Sip.Dialogs;

/// <summary>Tells addresses that mean something only inside their own network from those of the public network.</summary>
internal static class PrivateAddress
{
    // RFC 1918, RFC 6598 (carrier-grade NAT), loopback and link-local.
    private static readonly IPNetwork[] Networks =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"),
    ];

    /// <summary>Whether the address cannot be reached from elsewhere.</summary>
    public static bool Is(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? Array.Exists(Networks, network => network.Contains(address))
        : IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal;
}
