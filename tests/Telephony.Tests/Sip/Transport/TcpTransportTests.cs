using System.Net.Sockets;
using System.Text;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transport;

/// <summary>Real TCP connections on loopback.</summary>
public sealed class TcpTransportTests
{
    private const string EndOfAnswer = "Content-Length: 0\r\n\r\n";

    [Theory]
    [InlineData("tcp://127.0.0.1:0", AddressFamily.InterNetwork)]
    [InlineData("tcp://[::]:0", AddressFamily.InterNetworkV6)]
    public async Task Request_is_answered_on_its_connection(string listen, AddressFamily family)
    {
        await using var bench = await SocketBench.StartAsync(listen);
        using var peer = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp, family));

        await peer.SendAsync(Options("t1"));

        Assert.StartsWith("SIP/2.0 200 OK\r\n", await SocketBench.ReadUntilAsync(peer, EndOfAnswer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_may_come_byte_by_byte_and_ten_may_come_at_once()
    {
        await using var bench = await SocketBench.StartAsync("tcp://127.0.0.1:0");
        using var peer = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));
        peer.NoDelay = true;
        foreach (var single in Options("slow"))
            await peer.SendAsync(new[] { single });
        Assert.Contains("Call-ID: slow", await SocketBench.ReadUntilAsync(peer, EndOfAnswer), StringComparison.Ordinal);

        await peer.SendAsync(Enumerable.Range(0, 10).SelectMany(i => Options($"many{i}")).ToArray());

        for (var i = 0; i < 10; i++)
            Assert.Contains($"Call-ID: many{i}", await SocketBench.ReadUntilAsync(peer, EndOfAnswer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ping_gets_its_pong()
    {
        await using var bench = await SocketBench.StartAsync("tcp://127.0.0.1:0");
        using var peer = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));

        await peer.SendAsync("\r\n\r\n"u8.ToArray());
        Assert.Equal("\r\n", await SocketBench.ReadUntilAsync(peer, "\r\n"));
        await peer.SendAsync(Options("after"));

        Assert.Contains("200 OK", await SocketBench.ReadUntilAsync(peer, EndOfAnswer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_that_cannot_be_cut_is_answered_and_closed_and_hurts_no_other()
    {
        await using var bench = await SocketBench.StartAsync("tcp://127.0.0.1:0");
        using var healthy = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));
        using var broken = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));

        await broken.SendAsync(Encoding.ASCII.GetBytes(
            Encoding.ASCII.GetString(Options("broken")).Replace("Content-Length: 0", "Content-Length: -7", StringComparison.Ordinal)));
        Assert.StartsWith("SIP/2.0 400 ", await SocketBench.ReadUntilAsync(broken, EndOfAnswer), StringComparison.Ordinal);
        Assert.True(await SocketBench.IsClosedAsync(broken));
        await healthy.SendAsync(Options("healthy"));

        Assert.Contains("200 OK", await SocketBench.ReadUntilAsync(healthy, EndOfAnswer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silent_slow_and_idle_connections_are_closed()
    {
        await using var bench = await SocketBench.StartAsync("tcp://127.0.0.1:0", new()
        {
            MessageTimeout = TimeSpan.FromMilliseconds(300),
            IdleTimeout = TimeSpan.FromMilliseconds(300),
        });
        using var silent = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));
        using var slow = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));
        using var idle = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));
        await slow.SendAsync("OPTIONS sip:"u8.ToArray());
        await idle.SendAsync(Options("idle"));

        Assert.True(await SocketBench.IsClosedAsync(silent));
        Assert.True(await SocketBench.IsClosedAsync(slow));
        Assert.True(await SocketBench.IsClosedAsync(idle));
    }

    [Fact]
    public async Task Connection_of_a_call_is_not_closed_for_being_idle_and_carries_our_bye()
    {
        await using var bench = await SocketBench.StartAsync("tcp://127.0.0.1:0", new() { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        using var peer = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));
        await peer.SendAsync(SocketBench.Request("INVITE", "SIP/2.0/TCP 127.0.0.1:1;branch=z9hG4bKc", "c1"));
        await SocketBench.ReadUntilAsync(peer, EndOfAnswer);
        var answer = await SocketBench.ReadUntilAsync(peer, "v=0\r\n");
        var tag = SipParser.Parse(Encoding.ASCII.GetBytes(answer)).Message!.To.Tag;
        await peer.SendAsync(SocketBench.Request("ACK", "SIP/2.0/TCP 127.0.0.1:1;branch=z9hG4bKd", "c1", $";tag={tag}"));
        await Task.Delay(700);   // real sockets: the idle limit has to pass

        bench.Agent.Post(() => bench.Call!.Bye());

        Assert.StartsWith("BYE ", await SocketBench.ReadUntilAsync(peer, EndOfAnswer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_to_a_lost_connection_goes_to_the_address_that_via_names()
    {
        await using var bench = await SocketBench.StartAsync("tcp://127.0.0.1:0");
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        using (var peer = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp)))
        {
            await peer.SendAsync(SocketBench.Request("INVITE", $"SIP/2.0/TCP 127.0.0.1:{port};branch=z9hG4bKl", "l1"));
            await SocketBench.ReadUntilAsync(peer, "v=0\r\n");
        }

        using var again = await listener.AcceptSocketAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);   // for the repeated 200

        Assert.Contains("Call-ID: l1", await SocketBench.ReadUntilAsync(again, "v=0\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_beyond_the_limit_ends_the_one_that_never_said_anything()
    {
        await using var bench = await SocketBench.StartAsync("tcp://127.0.0.1:0", new() { MaxConnectionsPerAddress = 2 });
        using var first = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));
        using var second = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));
        await first.SendAsync(Options("first"));
        await SocketBench.ReadUntilAsync(first, EndOfAnswer);
        using var third = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));
        await third.SendAsync(Options("third"));

        Assert.Contains("200 OK", await SocketBench.ReadUntilAsync(third, EndOfAnswer), StringComparison.Ordinal);
        Assert.True(await SocketBench.IsClosedAsync(second));
        await first.SendAsync(Options("again"));
        Assert.Contains("200 OK", await SocketBench.ReadUntilAsync(first, EndOfAnswer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_beyond_the_limit_is_refused_when_all_have_just_been_used()
    {
        await using var bench = await SocketBench.StartAsync("tcp://127.0.0.1:0", new() { MaxConnectionsPerAddress = 1 });
        using var first = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));
        await first.SendAsync(Options("first"));
        await SocketBench.ReadUntilAsync(first, EndOfAnswer);
        using var second = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));

        Assert.True(await SocketBench.IsClosedAsync(second));
        await first.SendAsync(Options("again"));
        Assert.Contains("200 OK", await SocketBench.ReadUntilAsync(first, EndOfAnswer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peer_that_never_reads_is_closed_and_hurts_no_other()
    {
        await using var bench = await SocketBench.StartAsync("tcp://127.0.0.1:0", new() { WriteTimeout = TimeSpan.FromMilliseconds(300), MaxQueuedMessages = 8 });
        using var deaf = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));
        using var healthy = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));
        deaf.ReceiveBufferSize = 4096;

        await Assert.ThrowsAnyAsync<SocketException>(async () =>
        {
            for (var i = 0; i < 100_000; i++)
                await deaf.SendAsync(Options($"deaf{i}")).WaitAsync(TimeSpan.FromSeconds(20));
        });
        await healthy.SendAsync(Options("healthy"));

        Assert.Contains("200 OK", await SocketBench.ReadUntilAsync(healthy, EndOfAnswer), StringComparison.Ordinal);
    }

    private static byte[] Options(string callId) => SocketBench.Request("OPTIONS", $"SIP/2.0/TCP 127.0.0.1:1;branch=z9hG4bK{callId}", callId);
}
