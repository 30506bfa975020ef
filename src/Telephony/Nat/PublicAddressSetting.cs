using System.Diagnostics.CodeAnalysis;
using System.Net;
using Telephony.Sip.Messages;

namespace Telephony.Nat;

/// <summary>The setting <c>PublicAddress</c>, read: an address, a host name that leads to it, or a STUN server that tells it.</summary>
/// <param name="Address">The address; null for one that has to be found out.</param>
/// <param name="Host">Host name or address of whom to ask; empty with an address.</param>
/// <param name="StunPort">Port of the STUN server; null for a host name that is our own.</param>
internal sealed record PublicAddressSetting(IPAddress? Address, string Host = "", int? StunPort = null)
{
    private const string Stun = "stun:";

    /// <summary>Reads <c>203.0.113.5</c>, <c>pbx.example.com</c>, <c>stun:host</c> or <c>stun:host:port</c>; never throws.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PublicAddressSetting? setting)
    {
        setting = null;
        if (text is null)
            return false;
        if (text.StartsWith(Stun, StringComparison.OrdinalIgnoreCase))
        {
            if (HostPort.TryParse(text.AsSpan(Stun.Length), out var server, out var port) && port is null or (> 0 and <= IPEndPoint.MaxPort))
                setting = new(null, server, port ?? StunMessage.DefaultPort);
        }
        else if (IPAddress.TryParse(text, out var address))
        {
            setting = IsUsable(address) && (text.Contains(':') || text.Count(c => c == '.') == 3) ? new(address) : null;   // 7 would be 0.0.0.7
        }
        else if (Uri.CheckHostName(text) == UriHostNameType.Dns && text.Any(char.IsAsciiLetter))
        {
            setting = new(null, text);
        }
        return setting is not null;
    }

    /// <summary>Whether an address can be one's own: none that names nobody (which in SDP means hold) or everybody.</summary>
    public static bool IsUsable(IPAddress address) =>
        !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.Broadcast) && !address.IsIPv6Multicast;
}
