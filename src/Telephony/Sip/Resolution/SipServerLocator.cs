using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Resolution;

/// <summary>URI -> the servers that its requests go to, the best first (RFC 3263 section 4).</summary>
/// <remarks>Any thread. A name is only looked up in the ways that we have sockets for. The answer to one call is drawn anew by weight at each call.</remarks>
internal sealed class SipServerLocator
{
    /// <summary>More servers than anybody has, few enough to try all.</summary>
    private const int MaxServers = 16;

    // The order where the domain does not say what it prefers.
    private static readonly SipProtocol[] Protocols = [SipProtocol.Udp, SipProtocol.Tcp, SipProtocol.Tls];

    private readonly IDnsLookup _dns;
    private readonly IReadOnlyList<SipListenEndPoint> _sockets;
    private readonly bool _prefersIPv6;
    private readonly Random _random;

    /// <param name="dns">Looks names up.</param>
    /// <param name="sockets">Our sockets: other protocols and address families are not looked for.</param>
    /// <param name="prefersIPv6">Whether IPv6 addresses of a server come before its IPv4 ones.</param>
    /// <param name="random">Draws by weight; thread-safe where several threads ask.</param>
    public SipServerLocator(IDnsLookup dns, IReadOnlyList<SipListenEndPoint> sockets, bool prefersIPv6, Random random)
    {
        _dns = dns;
        _sockets = sockets;
        _prefersIPv6 = prefersIPv6;
        _random = random;
    }

    /// <summary>The one server of a URI whose host is an address; false for a name, which has to be looked up.</summary>
    public static bool TryLocate(SipUri uri, [NotNullWhen(true)] out SipTarget? target)
    {
        target = IPAddress.TryParse(uri.Host, out var address) ? Target(uri, address) : null;
        return target is not null;
    }

    /// <summary>The servers of a URI, in the order in which they are to be tried; empty when none can be found or reached.</summary>
    public async Task<IReadOnlyList<SipTarget>> LocateAsync(SipUri uri)
    {
        if (!uri.IsSip || uri.Host.Length == 0)
            return [];
        if (TryLocate(uri, out var numeric))
            return [numeric.Value];
        if (uri.Port is not null)
            return await HostAsync(uri);
        var asked = Asked(uri);
        var services = await (asked is { } protocol ? ServicesAsync(uri, [protocol]) : PreferredServicesAsync(uri));
        return services ?? await HostAsync(uri);
    }

    /// <summary>The protocol that the URI itself asks for, or null. SIPS is TLS whatever else it says (RFC 3261 section 26.2.2, RFC 5630 section 3.1.4).</summary>
    private static SipProtocol? Asked(SipUri uri) => uri.GetParameter("transport")?.ToUpperInvariant() switch
    {
        _ when uri.IsSecure => SipProtocol.Tls,
        null => null,
        "TLS" => SipProtocol.Tls,
        "TCP" => SipProtocol.Tcp,
        _ => SipProtocol.Udp,
    };

    private static SipTarget Target(SipUri uri, IPAddress address)
    {
        var protocol = Asked(uri) ?? SipProtocol.Udp;
        return new(protocol, new IPEndPoint(address, uri.Port is > 0 and <= IPEndPoint.MaxPort ? uri.Port.Value : SipListenEndPoint.PortOf(protocol)));
    }

    /// <summary>What the domain prefers, by NAPTR; without such records, what it has, by SRV. Null when it has neither.</summary>
    private async Task<IReadOnlyList<SipTarget>?> PreferredServicesAsync(SipUri uri)
    {
        // Both at once: many name servers of home routers leave NAPTR questions without any answer.
        var byService = ServicesAsync(uri, [.. Protocols.Where(protocol => IsUsable(protocol))]);
        var naptr = (await _dns.QueryAsync(uri.Host, DnsRecordType.Naptr)).Records.OfType<NaptrRecord>();
        var wanted = ServiceRecords.InOrder(naptr)
            .Select(record => (Protocol: ProtocolOf(record.Service), record.Replacement))
            .Where(service => service.Protocol is { } protocol && IsUsable(protocol))
            .Take(Protocols.Length).ToList();
        if (wanted.Count == 0)
            return await byService;
        List<SipTarget> targets = [];
        foreach (var (protocol, name) in wanted)
            targets.AddRange(await ServiceAsync(name, protocol!.Value) ?? []);
        return targets.Count > 0 ? targets : await byService;
    }

    /// <summary>The servers of several protocols, one protocol after the other; null when the domain has SRV records for none.</summary>
    private async Task<IReadOnlyList<SipTarget>?> ServicesAsync(SipUri uri, IReadOnlyList<SipProtocol> protocols)
    {
        var services = await Task.WhenAll(protocols.Select(protocol => ServiceAsync(NameOf(uri.Host, protocol), protocol)));
        return services.All(service => service is null) ? null : [.. services.SelectMany(service => service ?? [])];
    }

    /// <summary>The servers that SRV records name; null when there are none, empty when they say that there is no such service.</summary>
    private async Task<IReadOnlyList<SipTarget>?> ServiceAsync(string name, SipProtocol protocol)
    {
        var answer = await _dns.QueryAsync(name, DnsRecordType.Srv);
        if (answer.Status != DnsStatus.Found)
            return null;
        var servers = ServiceRecords.InOrder(answer.Records.OfType<SrvRecord>(), _random).Where(server => server.Target.Length > 0 && server.Port > 0).Take(MaxServers);
        var addresses = await Task.WhenAll(servers.Select(async server =>
            (await AddressesAsync(server.Target, protocol)).Select(address => new SipTarget(protocol, new(address, server.Port)))));
        return [.. addresses.SelectMany(targets => targets).Take(MaxServers)];
    }

    private async Task<IReadOnlyList<SipTarget>> HostAsync(SipUri uri) =>
        [.. (await AddressesAsync(uri.Host, Asked(uri) ?? SipProtocol.Udp)).Select(address => Target(uri, address))];

    private async Task<IReadOnlyList<IPAddress>> AddressesAsync(string host, SipProtocol protocol)
    {
        if (IPAddress.TryParse(host, out var numeric))
            return IsUsable(protocol, numeric.AddressFamily) ? [numeric] : [];
        var answers = await Task.WhenAll(Families(protocol).Select(family =>
            _dns.QueryAsync(host, family == AddressFamily.InterNetwork ? DnsRecordType.A : DnsRecordType.Aaaa)));
        return [.. answers.SelectMany(answer => answer.Records.OfType<AddressRecord>()).Select(record => record.Address).Take(MaxServers)];
    }

    private IEnumerable<AddressFamily> Families(SipProtocol protocol)
    {
        AddressFamily[] families = _prefersIPv6
            ? [AddressFamily.InterNetworkV6, AddressFamily.InterNetwork]
            : [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];
        return families.Where(family => IsUsable(protocol, family));
    }

    /// <summary>UDP and TCP stand in for each other where we have only one of them, never for TLS.</summary>
    private bool IsUsable(SipProtocol protocol, AddressFamily family) => _sockets.Any(socket =>
        socket.EndPoint.AddressFamily == family && (socket.Protocol == SipProtocol.Tls) == (protocol == SipProtocol.Tls));

    /// <summary>Where the URI does not ask for TLS it is used only where it is listened on, so that a name does not change a trunk's way by itself.</summary>
    private bool IsUsable(SipProtocol protocol) => _sockets.Any(socket => socket.Protocol == protocol && !socket.OnlyConnects);

    private static string NameOf(string domain, SipProtocol protocol) => protocol switch
    {
        SipProtocol.Udp => $"_sip._udp.{domain}",
        SipProtocol.Tcp => $"_sip._tcp.{domain}",
        _ => $"_sips._tcp.{domain}",
    };

    private static SipProtocol? ProtocolOf(string service) => service.ToUpperInvariant() switch
    {
        "SIP+D2U" => SipProtocol.Udp,
        "SIP+D2T" => SipProtocol.Tcp,
        "SIPS+D2T" => SipProtocol.Tls,
        _ => null,
    };
}
