using System.Net;
using System.Net.Sockets;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Transport;

/// <summary>A protocol and address that a request goes to.</summary>
internal readonly record struct SipTarget(SipProtocol Protocol, IPEndPoint EndPoint);

/// <summary>URI -> address, for requests that we send: numeric hosts at once, names through the system's resolver (RFC 3263 without SRV).</summary>
internal static class SipResolver
{
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(4);

    /// <summary>The target of a URI whose host is an address; false for a name.</summary>
    public static bool TryResolve(SipUri uri, out SipTarget target)
    {
        target = default;
        if (!IPAddress.TryParse(uri.Host, out var address))
            return false;
        target = Target(uri, address);
        return true;
    }

    /// <summary>Looks a name up, away from the signalling loop; null when it has no address or the answer takes too long.</summary>
    /// <param name="uri">The URI.</param>
    /// <param name="families">Address families that can be sent to, the preferred one first.</param>
    /// <param name="timeProvider">Measures the patience.</param>
    public static async Task<SipTarget?> ResolveAsync(SipUri uri, IReadOnlyList<AddressFamily> families, TimeProvider timeProvider)
    {
        try
        {
            using var patience = new CancellationTokenSource(LookupTimeout, timeProvider);
            var addresses = await Dns.GetHostAddressesAsync(uri.Host, patience.Token);
            var usable = families.SelectMany(family => addresses.Where(address => address.AddressFamily == family)).FirstOrDefault();
            return usable is null ? null : Target(uri, usable);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ArgumentException)
        {
            return null;
        }
    }

    private static SipTarget Target(SipUri uri, IPAddress address)
    {
        var protocol = Protocol(uri);
        return new(protocol, new IPEndPoint(address, uri.Port is > 0 and <= IPEndPoint.MaxPort ? uri.Port.Value : SipListenEndPoint.PortOf(protocol)));
    }

    /// <summary>SIPS is TLS whatever its transport parameter says (RFC 3261 section 26.2.2, RFC 5630 section 3.1.4).</summary>
    private static SipProtocol Protocol(SipUri uri) => uri.GetParameter("transport")?.ToUpperInvariant() switch
    {
        _ when uri.IsSecure => SipProtocol.Tls,
        "TLS" => SipProtocol.Tls,
        "TCP" => SipProtocol.Tcp,
        _ => SipProtocol.Udp,
    };
}
