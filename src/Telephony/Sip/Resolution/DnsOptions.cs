using System.Net;

namespace Telephony.Sip.Resolution;

/// <summary>Where the names of SIP servers are looked up.</summary>
public sealed class DnsOptions
{
    private const int DnsPort = 53;

    /// <summary>Name servers, <c>ADDRESS</c> or <c>ADDRESS:PORT</c>, asked in this order, for host addresses too; empty takes those of the system
    /// (<c>/etc/resolv.conf</c>) for SRV and NAPTR records, and the system's own resolver with its <c>/etc/hosts</c> for addresses.</summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>Whether a server that has addresses of both kinds is tried over IPv6 first; without a listen address of IPv6 it is never used.</summary>
    public bool PreferIPv6 { get; init; } = true;

    /// <summary>How long one name server may take to answer before the next is asked. 100 ms to 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Reads <c>ADDRESS</c> or <c>ADDRESS:PORT</c>, IPv6 with a port in brackets.</summary>
    internal static bool TryParseServer(string? text, out IPEndPoint server)
    {
        var isRead = IPEndPoint.TryParse(text ?? "", out var endPoint);
        server = endPoint is { Port: 0 } ? new(endPoint.Address, DnsPort) : endPoint ?? new(IPAddress.None, DnsPort);
        return isRead;
    }
}
