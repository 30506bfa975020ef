using System.Net;
using System.Net.Sockets;

namespace Simulation.Phone;

/// <summary>Opens the wire a target asks for, from the address that routes to it.</summary>
internal static class SipLines
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Resolves and connects; when that fails the line is a <see cref="BrokenSipLine"/> that says why.</summary>
    public static async Task<(ISipLine Line, IPEndPoint FirstHop)> OpenAsync(SipTarget target, IPAddress? localAddress, CancellationToken cancellationToken)
    {
        var transport = target.IsTcp ? "TCP" : "UDP";
        if (await target.ResolveAsync(localAddress?.AddressFamily, cancellationToken) is not { } remote)
            return (new BrokenSipLine(transport, IPAddress.Loopback, $"{target.Host} does not resolve"), new IPEndPoint(IPAddress.Loopback, target.Port));
        if ((localAddress ?? RouteTo(remote)) is not { } local)
            return (new BrokenSipLine(transport, IPAddress.Loopback, $"no route to {remote.Address}"), remote);
        if (!target.IsTcp)
            return (UdpSipLine.Open(local), remote);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectTimeout);
        ISipLine? line = await TcpSipLine.ConnectAsync(local, remote, limit.Token);
        return (line ?? new BrokenSipLine(transport, local, $"{remote} refuses the connection"), remote);
    }

    // A connected datagram socket sends nothing, but knows the address that it would send from.
    private static IPAddress? RouteTo(IPEndPoint remote)
    {
        try
        {
            using var probe = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            probe.Connect(remote);
            return ((IPEndPoint)probe.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
