using System.Net;
using System.Net.Sockets;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transport;

/// <summary>Real UDP sockets on loopback.</summary>
public sealed class UdpTransportTests
{
    [Theory]
    [InlineData("udp://0.0.0.0:0", AddressFamily.InterNetwork, "127.0.0.1")]
    [InlineData("udp://[::]:0", AddressFamily.InterNetworkV6, "::1")]
    public async Task Wildcard_endpoint_answers_and_names_the_address_it_was_reached_by(string listen, AddressFamily family, string reached)
    {
        await using var bench = await SocketBench.StartAsync(listen);
        using var peer = SocketBench.Datagrams(family);

        await peer.SendToAsync(SocketBench.Request("INVITE", "SIP/2.0/UDP peer.invalid;rport;branch=z9hG4bKu", "u1"), bench.Address(SipProtocol.Udp, family));
        var trying = Assert.IsType<SipResponse>(await SocketBench.ReceiveDatagramAsync(peer));
        var ok = Assert.IsType<SipResponse>(await SocketBench.ReceiveDatagramAsync(peer));

        Assert.Equal(100, trying.StatusCode);
        Assert.Equal(200, ok.StatusCode);
        Assert.Equal(reached, ok.Contact!.Uri.Host);
        Assert.Equal(bench.Address(SipProtocol.Udp, family).Port, ok.Contact.Uri.Port);
        Assert.Equal(((IPEndPoint)peer.LocalEndPoint!).Port, ok.TopVia.RPort);
        Assert.Equal(reached, ok.TopVia.Received);
    }

    [Fact]
    public async Task Public_address_is_advertised()
    {
        await using var bench = await SocketBench.StartAsync("udp://127.0.0.1:0", publicAddress: IPAddress.Parse("203.0.113.7"));
        using var peer = SocketBench.Datagrams();

        await peer.SendToAsync(SocketBench.Request("INVITE", "SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKp", "p1"), bench.Address(SipProtocol.Udp));
        await SocketBench.ReceiveDatagramAsync(peer);
        var ok = Assert.IsType<SipResponse>(await SocketBench.ReceiveDatagramAsync(peer));

        Assert.Equal("203.0.113.7", ok.Contact!.Uri.Host);
        Assert.Equal(IPAddress.Parse("203.0.113.7"), bench.Call!.AdvertisedAddress);
    }

    [Fact]
    public async Task Empty_and_junk_datagrams_and_vanished_peers_leave_the_socket_listening()
    {
        await using var bench = await SocketBench.StartAsync("udp://127.0.0.1:0");
        using var peer = SocketBench.Datagrams();
        var agent = bench.Address(SipProtocol.Udp);
        for (var i = 0; i < 20; i++)
        {
            using var vanishing = SocketBench.Datagrams();   // its answer meets a closed port: ICMP comes back
            await vanishing.SendToAsync(SocketBench.Request("OPTIONS", $"SIP/2.0/UDP h;rport;branch=z9hG4bKv{i}", $"v{i}"), agent);
        }
        foreach (var junk in new[] { [], "\r\n\r\n"u8.ToArray(), new byte[4], new byte[60_000], "INVITE sip:x SIP/2.0\r\n\r\n"u8.ToArray() })
            await peer.SendToAsync(junk, agent);

        await peer.SendToAsync(SocketBench.Request("OPTIONS", "SIP/2.0/UDP h;rport;branch=z9hG4bKlast", "last"), agent);
        var ok = Assert.IsType<SipResponse>(await SocketBench.ReceiveDatagramAsync(peer));

        Assert.Equal(200, ok.StatusCode);
        Assert.Equal("last", ok.CallId);
    }

    [Fact]
    public async Task Answer_without_rport_goes_to_the_port_that_via_names()
    {
        await using var bench = await SocketBench.StartAsync("udp://127.0.0.1:0");
        using var sender = SocketBench.Datagrams();
        using var named = SocketBench.Datagrams();
        var port = ((IPEndPoint)named.LocalEndPoint!).Port;

        await sender.SendToAsync(SocketBench.Request("OPTIONS", $"SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKn", "n1"), bench.Address(SipProtocol.Udp));

        Assert.Equal("n1", (await SocketBench.ReceiveDatagramAsync(named)).CallId);
    }

    [Fact]
    public async Task Several_endpoints_listen_at_once_and_a_taken_one_fails_the_start()
    {
        await using var bench = await SocketBench.StartAsync("udp://127.0.0.1:0 udp://[::1]:0 tcp://127.0.0.1:0 tcp://[::1]:0");
        Assert.Equal(4, bench.Agent.ListenEndPoints.Select(listen => listen.EndPoint.Port).Count(port => port > 0));
        foreach (var family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
        {
            using var peer = SocketBench.Datagrams(family);
            await peer.SendToAsync(SocketBench.Request("OPTIONS", $"SIP/2.0/UDP h;rport;branch=z9hG4bK{family}", $"{family}"), bench.Address(SipProtocol.Udp, family));
            Assert.Equal($"{family}", (await SocketBench.ReceiveDatagramAsync(peer)).CallId);
        }

        await Assert.ThrowsAsync<IOException>(() => SocketBench.StartAsync($"udp://{bench.Address(SipProtocol.Udp)}"));
    }

    [Fact]
    public async Task Host_name_as_contact_is_looked_up_for_our_bye()
    {
        await using var bench = await SocketBench.StartAsync("udp://127.0.0.1:0");
        using var peer = SocketBench.Datagrams();
        var port = ((IPEndPoint)peer.LocalEndPoint!).Port;
        var agent = bench.Address(SipProtocol.Udp);

        await peer.SendToAsync(SocketBench.Request("INVITE", "SIP/2.0/UDP h;rport;branch=z9hG4bKd", "d1", contact: $"<sip:peer@localhost:{port}>"), agent);
        await SocketBench.ReceiveDatagramAsync(peer);
        var ok = await SocketBench.ReceiveDatagramAsync(peer);
        await peer.SendToAsync(SocketBench.Request("ACK", "SIP/2.0/UDP h;rport;branch=z9hG4bKe", "d1", $";tag={ok.To.Tag}"), agent);
        bench.Agent.Post(() => bench.Call!.Bye());

        var bye = Assert.IsType<SipRequest>(await SocketBench.ReceiveDatagramAsync(peer));
        Assert.Equal($"BYE sip:peer@localhost:{port} SIP/2.0", bye.ToString());
    }
}
