using System.Net;
using System.Net.Sockets;
using System.Text;
using Telephony.Sip.Admission;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Tests.Sip.Transport;

/// <summary>A18 on real sockets: not a byte for strangers, over UDP and TCP, IPv4 and IPv6; banned ones are not even read; the trunk is served all the while.</summary>
public sealed class StrangerTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);

    [Theory(Timeout = 30_000)]
    [InlineData("udp://127.0.0.1:0", "127.0.0.1", "127.0.0.2")]
    [InlineData("tcp://127.0.0.1:0", "127.0.0.1", "127.0.0.2")]
    [InlineData("udp://[::1]:0", "::2", "::1")]
    [InlineData("tcp://[::1]:0", "::2", "::1")]
    public async Task Strangers_get_no_byte_for_requests_pings_and_junk(string listen, string trunk, string stranger)
    {
        await using var bench = await StartAsync(listen, trunk);
        using var socket = await ConnectAsync(bench, stranger);
        foreach (var method in new[] { "OPTIONS", "REGISTER", "INVITE", "MESSAGE", "BYE", "CANCEL", "ACK" })
            await socket.SendAsync(Request(method, $"stranger-{method}"));
        await socket.SendAsync("\r\n\r\n"u8.ToArray());
        await socket.SendAsync("OPTIONS sip:agent@host SIP/2.0\r\nVia: SIP/2.0/UDP host;branch=z9hG4bKx\r\nCSeq: nonsense\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await SocketBench.UntilAsync(() => bench.Agent.Metrics.DroppedCount >= 6);

        Assert.Equal(0, await BytesUntilQuietAsync(socket));
        Assert.Null(bench.Call);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_banned_source_is_not_read_while_the_trunk_is_answered()
    {
        await using var bench = await StartAsync("udp://127.0.0.1:0 tcp://127.0.0.1:0", "127.0.0.1");
        using var stranger = await ConnectAsync(bench, "127.0.0.2", SipProtocol.Udp);
        for (var i = 0; i < 50; i++)
            await stranger.SendAsync(Request("OPTIONS", $"flood-{i}"));
        await SocketBench.UntilAsync(() => bench.Agent.Metrics.DroppedCount == 50);
        Assert.Equal(16, bench.Agent.Metrics.ReceivedCount);

        using var trunk = await ConnectAsync(bench, "127.0.0.1", SipProtocol.Udp);
        await trunk.SendAsync(Request("OPTIONS", "trunk"));
        Assert.StartsWith("SIP/2.0 200", await ReadAsync(trunk), StringComparison.Ordinal);
        // Anybody may have forged that address: who can prove it by a connection is read.
        using var streaming = await ConnectAsync(bench, "127.0.0.2", SipProtocol.Tcp);
        await streaming.SendAsync(Request("OPTIONS", "stream"));
        await SocketBench.UntilAsync(() => bench.Agent.Metrics.ReceivedCount == 18);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_sends_too_much_is_closed_and_its_source_banned()
    {
        await using var bench = await StartAsync("tcp://127.0.0.1:0", "127.0.0.1");
        using var stranger = await ConnectAsync(bench, "127.0.0.2");
        var many = Enumerable.Range(0, 50).SelectMany(i => Request("OPTIONS", $"flood-{i}")).ToArray();
        await stranger.SendAsync(many);
        Assert.True(await SocketBench.IsClosedAsync(stranger));
        Assert.Equal(16, bench.Agent.Metrics.ReceivedCount);
        using var again = await ConnectAsync(bench, "127.0.0.2");
        Assert.True(await SocketBench.IsClosedAsync(again));

        using var trunk = await ConnectAsync(bench, "127.0.0.1");
        await trunk.SendAsync(many);   // the same, and more than a stranger may
        var answers = await SocketBench.ReadUntilAsync(trunk, "flood-49\r\nCSeq: 1 OPTIONS\r\n");
        Assert.Equal(50, answers.Split("SIP/2.0 200 OK").Length - 1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Strangers_who_hold_every_connection_make_room_for_the_trunk()
    {
        await using var bench = await StartAsync("tcp://127.0.0.1:0", "127.0.0.1", new TcpLimits { MaxConnections = 4 });
        var strangers = new List<Socket>();
        for (var i = 0; i < 4; i++)
        {
            strangers.Add(await ConnectAsync(bench, $"127.0.0.{20 + i}"));
            await strangers[i].SendAsync(Request("OPTIONS", $"stranger-{i}"));   // a whole message each, which would make a welcome peer's connection one to be kept
        }
        await SocketBench.UntilAsync(() => bench.Agent.Metrics.DroppedCount == 4);

        using var trunk = await ConnectAsync(bench, "127.0.0.1");
        await trunk.SendAsync(Request("OPTIONS", "trunk"));
        Assert.StartsWith("SIP/2.0 200", await ReadAsync(trunk), StringComparison.Ordinal);
        strangers.ForEach(socket => socket.Dispose());
    }

    private static Task<SocketBench> StartAsync(string listen, string trunk, TcpLimits? limits = null) => SocketBench.StartAsync(listen, limits, configure: options => options with
    {
        Strangers = StrangerPolicy.Silence,
        Trunks = new TrunkDirectory(new Dictionary<string, TrunkOptions> { ["office"] = new() { Addresses = [trunk] } }),
    });

    private static async Task<Socket> ConnectAsync(SocketBench bench, string from, SipProtocol? protocol = null)
    {
        var address = IPAddress.Parse(from);
        var isStream = (protocol ?? bench.Agent.ListenEndPoints[0].Protocol) != SipProtocol.Udp;
        var socket = new Socket(address.AddressFamily, isStream ? SocketType.Stream : SocketType.Dgram, isStream ? ProtocolType.Tcp : ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        await socket.ConnectAsync(bench.Address(isStream ? SipProtocol.Tcp : SipProtocol.Udp, address.AddressFamily));
        return socket;
    }

    private static byte[] Request(string method, string callId) => SocketBench.Request(method, $"SIP/2.0/UDP host;rport;branch=z9hG4bK{callId}", callId);

    private static async Task<string> ReadAsync(Socket socket)
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
    }

    private static async Task<int> BytesUntilQuietAsync(Socket socket)
    {
        var buffer = new byte[4096];
        using var quiet = new CancellationTokenSource(Quiet);
        try
        {
            return await socket.ReceiveAsync(buffer, quiet.Token);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }
}
