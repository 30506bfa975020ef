using System.Net;

namespace Telephony.Sip.Resolution;

/// <summary>Decides who is asked: name servers for SRV and NAPTR, the system for host addresses; where servers are configured, these for both, and the
/// system for hosts that they do not know.</summary>
internal sealed class NameLookup(IDnsLookup servers, IDnsLookup system, bool asksServersForHosts) : IDnsLookup
{
    public async Task<DnsAnswer> QueryAsync(string name, DnsRecordType type)
    {
        if (type is not (DnsRecordType.A or DnsRecordType.Aaaa))
            return await servers.QueryAsync(name, type);
        if (asksServersForHosts && await servers.QueryAsync(name, type) is { Status: DnsStatus.Found } found)
            return found;
        return await system.QueryAsync(name, type);
    }

    /// <summary>The lookup that the settings ask for, with its cache.</summary>
    public static DnsCache Create(DnsOptions options, TimeProvider timeProvider)
    {
        var configured = options.Servers.Select(text => DnsOptions.TryParseServer(text, out var server) ? server : null).OfType<IPEndPoint>().ToList();
        var client = new DnsClient(configured.Count > 0 ? () => configured : SystemNames.Servers, options.Timeout, timeProvider);
        return new DnsCache(new NameLookup(client, new SystemNames(timeProvider), configured.Count > 0), timeProvider);
    }
}
