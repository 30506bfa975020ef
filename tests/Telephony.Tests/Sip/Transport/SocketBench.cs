using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Sip.UserAgents;

namespace Telephony.Tests.Sip.Transport;

/// <summary>A user agent on real loopback sockets that answers every call, and a peer's sockets to talk to it.</summary>
internal sealed class SocketBench : IUserAgentHandler, IInviteHandler, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private SocketBench(UserAgentOptions options) => Agent = new(options, this, TimeProvider.System, NullLoggerFactory.Instance);

    public UserAgent Agent { get; }

    public UserAgentServer? Call { get; private set; }

    public static async Task<SocketBench> StartAsync(string listen, TcpLimits? limits = null, IPAddress? publicAddress = null, TlsOptions? tls = null,
        Func<UserAgentOptions, UserAgentOptions>? configure = null)
    {
        var endPoints = listen.Split(' ').Select(text => SipListenEndPoint.TryParse(text, out var endPoint) ? endPoint : throw new ArgumentException(text));
        var options = new UserAgentOptions { Listen = [.. endPoints], Tcp = limits ?? new(), Tls = tls ?? new(), PublicAddress = publicAddress };
        var bench = new SocketBench(configure?.Invoke(options) ?? options);
        await bench.Agent.StartAsync(CancellationToken.None);
        return bench;
    }

    /// <summary>Where the first endpoint of that protocol is reached from this machine.</summary>
    public IPEndPoint Address(SipProtocol protocol, AddressFamily family = AddressFamily.InterNetwork)
    {
        var port = Agent.ListenEndPoints.First(listen => listen.Protocol == protocol && listen.EndPoint.AddressFamily == family).EndPoint.Port;
        return new(family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, port);
    }

    public static Socket Datagrams(AddressFamily family = AddressFamily.InterNetwork)
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0));
        return socket;
    }

    public static async Task<Socket> ConnectAsync(IPEndPoint agent)
    {
        var socket = new Socket(agent.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(agent);
        return socket;
    }

    public static async Task<SipMessage> ReceiveDatagramAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[65_535];
        var length = await socket.ReceiveAsync(buffer, patience.Token);
        return Assert.IsAssignableFrom<SipMessage>(SipParser.Parse(buffer.AsSpan(0, length)).Message);
    }

    /// <summary>Bytes until the text ends that way, or the peer closes.</summary>
    public static async Task<string> ReadUntilAsync(Socket socket, string end)
    {
        using var patience = new CancellationTokenSource(Patience);
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            if (await socket.ReceiveAsync(one, patience.Token) == 0)
                return text.ToString() + "<closed>";
            text.Append((char)one[0]);
        }
        return text.ToString();
    }

    /// <summary>Whether the agent closes the connection, reading what is still sent.</summary>
    public static async Task<bool> IsClosedAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, patience.Token) > 0)
            {
            }
            return true;
        }
        catch (SocketException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
            await Task.Delay(20, patience.Token);
    }

    public static byte[] Request(string method, string via, string callId, string toTag = "", int cseq = 1, string contact = "<sip:peer@127.0.0.1>") => Encoding.UTF8.GetBytes(
        $"{method} sip:agent@host SIP/2.0\r\nVia: {via}\r\nFrom: <sip:peer@host>;tag=p\r\nTo: <sip:agent@host>{toTag}\r\nCall-ID: {callId}\r\n"
        + $"CSeq: {cseq} {method}\r\nContact: {contact}\r\nContent-Length: 0\r\n\r\n");

    public ValueTask DisposeAsync() => Agent.DisposeAsync();

    void IUserAgentHandler.OnInvite(UserAgentServer invite)
    {
        Call = invite;
        invite.Handler = this;
        invite.Accept("v=0\r\n"u8.ToArray());
    }

    OptionsAnswer IUserAgentHandler.OptionsStatus() => new(200);

    void IInviteHandler.OnCancelled()
    {
    }

    void IInviteHandler.OnAck(ReadOnlyMemory<byte> body, string? contentType)
    {
    }

    void IInviteHandler.OnAckTimeout()
    {
    }

    void IInviteHandler.OnReinvite(ReinviteServer reinvite) => reinvite.Accept("v=0\r\n"u8.ToArray());

    int IInviteHandler.OnInfo(SipRequest info) => 200;

    void IInviteHandler.OnTransferEnded(TransferOutcome outcome)
    {
    }

    void IInviteHandler.OnBye(string? reason)
    {
    }

    void IInviteHandler.OnByeCompleted()
    {
    }

    void IInviteHandler.OnTransportFailed()
    {
    }
}
