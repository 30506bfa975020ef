using System.Net;
using System.Net.Sockets;
using Telephony.Rtp;

namespace Telephony.Tests.Rtp;

/// <summary>Sending where there is no way to: it is not tried for a while, and hinders no other address.</summary>
public sealed class RtpSocketTests
{
    private const long Ms = 1_000_000;

    [Fact]
    public void An_address_without_a_route_rests_for_200_ms_while_others_are_sent_to()
    {
        using var system = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        system.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var socket = new RtpSocket(system);
        var nowhere = IPEndPoint.Parse("10.0.0.7:4000").Serialize();   // not from loopback
        var peer = ((IPEndPoint)system.LocalEndPoint!).Serialize();

        Assert.False(socket.TrySend([1], nowhere, 0));
        Assert.True(socket.TrySend([2], peer, 1 * Ms));
        Assert.False(socket.TrySend([3], nowhere, 199 * Ms));
        Assert.True(socket.TryReceive(out var received));
        Assert.Equal([2], received.ToArray());
    }
}
