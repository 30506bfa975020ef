using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Simulation.Tests.Phone;

/// <summary>A far side for one caller that does exactly what the test writes: raw SIP text over UDP or TCP, raw RTP.</summary>
internal sealed class RawAnswerer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly bool _isTcp;
    private readonly StringBuilder _stream = new();
    private Socket? _connection;
    private EndPoint _caller;

    public RawAnswerer(string transport = "udp", string address = "127.0.0.1")
    {
        var ip = IPAddress.Parse(address);
        _isTcp = transport == "tcp";
        _socket = new Socket(ip.AddressFamily, _isTcp ? SocketType.Stream : SocketType.Dgram, _isTcp ? ProtocolType.Tcp : ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(ip, 0));
        if (_isTcp)
            _socket.Listen();
        _caller = new IPEndPoint(ip, 0);
        Rtp = new Socket(ip.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        Rtp.Bind(new IPEndPoint(ip, 0));
    }

    public Socket Rtp { get; }

    public string HostPort => _socket.LocalEndPoint!.ToString()!;

    public string Uri => $"sip:agent@{HostPort}{(_isTcp ? ";transport=tcp" : "")}";

    public string Sdp => Media();

    public string Media(string direction = "sendrecv", string types = "0 101", string host = "")
    {
        var rtp = (IPEndPoint)Rtp.LocalEndPoint!;
        var family = rtp.AddressFamily == AddressFamily.InterNetworkV6 ? "IP6" : "IP4";
        return $"v=0\r\no=- 1 1 IN {family} {rtp.Address}\r\ns=-\r\nc=IN {family} {(host.Length > 0 ? host : rtp.Address)}\r\nt=0 0\r\n" +
            $"m=audio {rtp.Port} RTP/AVP {types}\r\na=rtpmap:101 telephone-event/8000\r\na={direction}\r\n";
    }

    /// <summary>The next message of the caller, whose first line must begin as given.</summary>
    public async Task<string> ReceiveAsync(string start)
    {
        using var limit = new CancellationTokenSource(Patience);
        var message = _isTcp ? await ReceiveTcpAsync(limit.Token) : await ReceiveUdpAsync(limit.Token);
        Assert.StartsWith(start, message, StringComparison.Ordinal);
        return message;
    }

    /// <summary>Answers a request; <paramref name="head"/> are header lines of its own.</summary>
    public Task ReplyAsync(string request, string status, string sdp = "", string head = "")
    {
        var to = Header(request, "To");
        var tagged = status.StartsWith("100", StringComparison.Ordinal) || to.Contains(";tag=", StringComparison.Ordinal) ? to : to + ";tag=raw1";
        return SendAsync(
            $"SIP/2.0 {status}\r\nVia: {Header(request, "Via")}\r\n{head}From: {Header(request, "From")}\r\nTo: {tagged}\r\n" +
            $"Call-ID: {Header(request, "Call-ID")}\r\nCSeq: {Header(request, "CSeq")}\r\nContact: <sip:agent@{HostPort}{(_isTcp ? ";transport=tcp" : "")}>\r\n" +
            (sdp.Length > 0 ? "Content-Type: application/sdp\r\n" : "") + $"Content-Length: {sdp.Length}\r\n\r\n{sdp}");
    }

    /// <summary>A request inside the dialog that the caller's INVITE made.</summary>
    public Task RequestAsync(string invite, string method, int cseq, string sdp = "", string head = "") =>
        SendAsync(
            $"{method} {Header(invite, "Contact").Trim('<', '>')} SIP/2.0\r\nVia: SIP/2.0/{(_isTcp ? "TCP" : "UDP")} {HostPort};branch=z9hG4bKraw{method}{cseq}\r\n" +
            $"From: {Header(invite, "To")};tag=raw1\r\nTo: {Header(invite, "From")}\r\nCall-ID: {Header(invite, "Call-ID")}\r\nCSeq: {cseq} {method}\r\n" +
            $"{head}Max-Forwards: 70\r\nContent-Length: {sdp.Length}\r\n\r\n{sdp}");

    /// <summary>The usual way to an answered call.</summary>
    public async Task<string> AnswerAsync(string? sdp = null)
    {
        var invite = await ReceiveAsync("INVITE ");
        await ReplyAsync(invite, "180 Ringing");
        await ReplyAsync(invite, "200 OK", sdp ?? Sdp);
        await ReceiveAsync("ACK ");
        return invite;
    }

    public async Task SendAsync(string text)
    {
        if (_isTcp)
            await _connection!.SendAsync(Encoding.ASCII.GetBytes(text));
        else
            await _socket.SendToAsync(Encoding.ASCII.GetBytes(text), _caller);
    }

    public async Task<(byte[] Packet, EndPoint From)> ReceiveRtpAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        var buffer = new byte[2048];
        var received = await Rtp.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(((IPEndPoint)Rtp.LocalEndPoint!).Address, 0), limit.Token);
        return (buffer[..received.ReceivedBytes], received.RemoteEndPoint);
    }

    public static string Header(string message, string name) =>
        message.Split("\r\n").First(l => l.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];

    public static string Body(string message) => message[(message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    /// <summary>Closes the TCP connection without a word.</summary>
    public void Break() => _connection!.Dispose();

    public void Dispose()
    {
        _connection?.Dispose();
        _socket.Dispose();
        Rtp.Dispose();
    }

    private async Task<string> ReceiveUdpAsync(CancellationToken limit)
    {
        var buffer = new byte[65_535];
        var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, _caller, limit);
        _caller = received.RemoteEndPoint;
        return Encoding.ASCII.GetString(buffer, 0, received.ReceivedBytes);
    }

    private async Task<string> ReceiveTcpAsync(CancellationToken limit)
    {
        _connection ??= await _socket.AcceptAsync(limit);
        var buffer = new byte[8192];
        while (true)
        {
            var text = _stream.ToString();
            var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var length = head < 0 ? int.MaxValue : head + 4 + int.Parse(Header(text[..head], "Content-Length"));
            if (text.Length >= length)
            {
                _stream.Remove(0, length);
                return text[..length];
            }
            var count = await _connection.ReceiveAsync(buffer, SocketFlags.None, limit);
            Assert.True(count > 0, "the caller closed the connection");
            _stream.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
    }
}
