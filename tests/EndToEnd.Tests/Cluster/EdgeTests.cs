using System.Net;
using System.Net.Sockets;
using System.Text;
using EndToEnd.Tests.Peers;

namespace EndToEnd.Tests.Cluster;

/// <summary>The edge by itself, with a node that is a socket: how callers are reached over TLS, and who may send how much.</summary>
[Trait("Category", "Peer")]
public sealed class EdgeTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Socket _node = Bound(IPAddress.Loopback);
    private readonly CancellationTokenSource _limit = new(Limit);

    public void Dispose()
    {
        _node.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task A_caller_over_TLS_is_hung_up_on_over_its_own_connection()
    {
        Assert.SkipUnless(Kamailio.IsInstalled && TlsClient.IsInstalled, $"{Kamailio.Missing} {TlsClient.Missing}");
        var called = CalledAsync();
        await using var edge = await EdgeProxy.StartAsync([(IPEndPoint)_node.LocalEndPoint!]);
        await using var tls = await TlsClient.StartAsync(edge.Tls, edge.CaFile);
        using var caller = new TcpClient();
        await caller.ConnectAsync(tls.EndPoint, _limit.Token);
        // Nobody listens where it says that it is, as with a phone behind a NAT.
        await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Request("INVITE", $"sip:100@{edge.Tls}", "TLS 127.0.0.1:9", "Contact: <sip:caller@127.0.0.1:9;transport=tls>\r\n")), _limit.Token);
        await _node.SendToAsync(Encoding.ASCII.GetBytes(Bye(await called)), edge.Udp, _limit.Token);
        await ReadAsync(caller.GetStream(), "BYE sip:caller@127.0.0.1:9");
    }

    [Fact]
    public async Task A_trunk_may_send_as_much_as_it_likes_and_others_may_not()
    {
        const int Requests = 150;
        Assert.SkipUnless(Kamailio.IsInstalled, Kamailio.Missing);
        await using var edge = await EdgeProxy.StartAsync([(IPEndPoint)_node.LocalEndPoint!], "MOST_REQUESTS=10", "TRUNKS=\"192.0.2.0/24,127.0.0.2/32\"");
        Assert.Equal(Requests, await AskAsync(IPAddress.Parse("127.0.0.2"), edge.Udp, Requests));
        Assert.InRange(await AskAsync(IPAddress.Loopback, edge.Udp, Requests), 1, Requests - 1);
    }

    // One after the other, until one is not answered.
    private async Task<int> AskAsync(IPAddress from, IPEndPoint edge, int requests)
    {
        using var socket = Bound(from);
        var buffer = new byte[4096];
        for (var answers = 0; answers < requests; answers++)
        {
            await socket.SendToAsync(Encoding.ASCII.GetBytes(Request("OPTIONS", $"sip:{edge}", $"UDP {socket.LocalEndPoint}", "").Replace("z9hG4bK1", $"z9hG4bK{answers}", StringComparison.Ordinal)), edge, _limit.Token);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token);
            patience.CancelAfter(TimeSpan.FromSeconds(2));
            try
            {
                await socket.ReceiveAsync(buffer, patience.Token);
            }
            catch (OperationCanceledException)
            {
                return answers;
            }
        }
        return requests;
    }

    // Until there is a call the node says that it is well, whenever it is asked.
    private async Task<string> CalledAsync()
    {
        var buffer = new byte[8192];
        while (true)
        {
            var received = await _node.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _limit.Token);
            var text = Encoding.ASCII.GetString(buffer, 0, received.ReceivedBytes);
            if (text.StartsWith("INVITE ", StringComparison.Ordinal))
                return text;
            var told = text.Split("\r\n").Where(line => line.Split(':')[0] is "Via" or "From" or "To" or "Call-ID" or "CSeq");
            await _node.SendToAsync(Encoding.ASCII.GetBytes($"SIP/2.0 200 OK\r\n{string.Join("\r\n", told)}\r\nContent-Length: 0\r\n\r\n"), received.RemoteEndPoint, _limit.Token);
        }
    }

    private async Task ReadAsync(NetworkStream stream, string what)
    {
        var (text, buffer) = ("", new byte[8192]);
        while (!text.Contains(what, StringComparison.Ordinal))
        {
            var length = await stream.ReadAsync(buffer, _limit.Token);
            Assert.NotEqual(0, length);
            text += Encoding.ASCII.GetString(buffer, 0, length);
        }
    }

    // What the node would say that has taken the call.
    private string Bye(string invite)
    {
        string[] Lines(string name) => [.. invite.Split("\r\n").Where(line => line.StartsWith(name + ": ", StringComparison.Ordinal)).Select(line => line[(name.Length + 2)..])];
        var target = Lines("Contact").Single().Split('<', '>')[1];
        return $"BYE {target} SIP/2.0\r\nVia: SIP/2.0/UDP {_node.LocalEndPoint};branch=z9hG4bK2\r\n" + string.Concat(Lines("Record-Route").Select(route => $"Route: {route}\r\n"))
            + $"Max-Forwards: 70\r\nFrom: {Lines("To").Single()};tag=node\r\nTo: {Lines("From").Single()}\r\nCall-ID: {Lines("Call-ID").Single()}\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n";
    }

    private static string Request(string method, string target, string via, string more) =>
        $"{method} {target} SIP/2.0\r\nVia: SIP/2.0/{via};branch=z9hG4bK1;rport\r\nMax-Forwards: 70\r\nFrom: <sip:caller@example.com>;tag=1\r\nTo: <sip:100@example.com>\r\n"
        + $"Call-ID: edge\r\nCSeq: 1 {method}\r\n{more}Content-Length: 0\r\n\r\n";

    private static Socket Bound(IPAddress address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }
}
