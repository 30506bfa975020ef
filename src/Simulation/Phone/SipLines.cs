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
        var nowhere = new IPEndPoint(IPAddress.Loopback, target.Port);
        if (await target.ResolveAsync(localAddress?.AddressFamily, cancellationToken) is not { } remote)
            return (Broken(target, $"{target.Host} does not resolve"), nowhere);
        if ((localAddress ?? RouteTo(remote)) is not { } local || local.AddressFamily != remote.AddressFamily)
            return (Broken(target, $"no route to {remote.Address}"), nowhere);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectTimeout);
        try
        {
            return (target.IsTcp ? await TcpSipLine.ConnectAsync(local, remote, limit.Token) : UdpSipLine.Open(local), remote);
        }
        catch (SocketException e)
        {
            return (Broken(target, $"{remote}: {e.Message}"), nowhere);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (Broken(target, $"{remote}: no answer"), nowhere);
        }
    }

    private static BrokenSipLine Broken(SipTarget target, string reason) => new(target.IsTcp ? "TCP" : "UDP", IPAddress.Loopback, reason);

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
