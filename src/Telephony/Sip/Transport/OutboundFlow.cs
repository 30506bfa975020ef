using System.Net;
using System.Net.Sockets;

namespace Telephony.Sip.Transport;

/// <summary>The way to a server that did not come to us: which of our sockets, and the address that it shall answer to.</summary>
internal static class OutboundFlow
{
    /// <summary>Finds the way; null when we have no socket of that kind, the system knows no route, or the way leads to ourselves.</summary>
    /// <param name="target">The server.</param>
    /// <param name="serverName">What its certificate must prove, for TLS.</param>
    /// <param name="certificate">What we show it when it asks who we are; null for the certificate of the service, if there is one.</param>
    /// <param name="transports">Our sockets, in the order of the configuration.</param>
    /// <param name="own">Which of our addresses the server is told.</param>
    public static SipFlow? To(SipTarget target, string serverName, ClientCertificate? certificate, IReadOnlyList<ISipTransport> transports, OwnAddresses own)
    {
        var transport = transports.FirstOrDefault(one => one.LocalEndPoint.Protocol == target.Protocol
            && one.LocalEndPoint.EndPoint.AddressFamily == target.EndPoint.AddressFamily);
        if (transport is null)
            return null;
        var bound = transport.LocalEndPoint.EndPoint.Address;
        var source = SourceAddressFor(target.EndPoint);
        var local = !bound.Equals(IPAddress.Any) && !bound.Equals(IPAddress.IPv6Any) ? bound : source;
        var told = own.PublicFor(target.EndPoint.Address, target.EndPoint.AddressFamily) ?? local;
        // What goes to an address of this machine leaves from that very address.
        var isHere = target.EndPoint.Address.Equals(source) || target.EndPoint.Address.Equals(bound) || own.Public.Contains(target.EndPoint.Address);
        if (isHere && transports.Any(one => one.LocalEndPoint.EndPoint.Port == target.EndPoint.Port))
            return null;
        return told is null ? null : new SipFlow(transport, target.EndPoint, told, ServerName: serverName) { ClientCertificate = certificate };
    }

    /// <summary>The address that packets to that peer leave from; nothing is sent to find it out.</summary>
    private static IPAddress? SourceAddressFor(IPEndPoint remote)
    {
        try
        {
            using var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(remote);
            return (socket.LocalEndPoint as IPEndPoint)?.Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
