using System.Net;
using System.Net.Sockets;

namespace Telephony.Sip.Resolution;

/// <summary>Host addresses as the system finds them, with its <c>/etc/hosts</c>, and the name servers that it is set up with.</summary>
/// <remarks>Any thread. The system does not tell how long its answer holds: it is asked again after half a minute.</remarks>
/// <param name="timeProvider">The clock.</param>
/// <param name="lookup">Asks the system; null for the real one.</param>
internal sealed class SystemNames(TimeProvider timeProvider, SystemLookup? lookup = null) : IDnsLookup
{
    private const string ResolverFile = "/etc/resolv.conf";
    private const int MaxServers = 3;   // as resolv.conf(5)
    private const int MaxLookups = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    private readonly SystemLookup _lookup = lookup ?? new SystemLookup(MaxLookups);

    /// <summary>The servers of <c>/etc/resolv.conf</c>; the local one where it names none.</summary>
    public static IReadOnlyList<IPEndPoint> Servers() => Servers(ResolverFile);

    public async Task<DnsAnswer> QueryAsync(string name, DnsRecordType type)
    {
        var family = type == DnsRecordType.A ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        try
        {
            var addresses = await _lookup.GetAsync(name, family).WaitAsync(Patience, timeProvider);
            return addresses.Length == 0 ? DnsAnswer.None(Life) : new(DnsStatus.Found, [.. addresses.Select(address => new AddressRecord(address))], Life);
        }
        catch (SocketException none) when (none.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            return DnsAnswer.None(Life);
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException or ArgumentException)
        {
            return DnsAnswer.Failed;
        }
    }

    /// <summary>For tests: the servers of that file.</summary>
    internal static IReadOnlyList<IPEndPoint> Servers(string file)
    {
        List<IPEndPoint> servers = [];
        try
        {
            foreach (var line in File.ReadLines(file))
            {
                var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
                if (words is ["nameserver", var address, ..] && servers.Count < MaxServers && DnsOptions.TryParseServer(address, out var server))
                    servers.Add(server);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            servers.Clear();
        }
        return servers.Count > 0 ? servers : [new(IPAddress.Loopback, 53)];
    }
}
