using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Support;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Nat;

/// <summary>Where a phone is, and what it knows of that.</summary>
/// <param name="Outside">The address that its packets come from.</param>
/// <param name="Own">The address that it believes to have, and writes into Via, Contact and SDP.</param>
/// <param name="AsksForRPort">Whether it wants answers where its requests come from (RFC 3581).</param>
internal sealed record PhonePlace(IPAddress Outside, IPAddress Own, bool AsksForRPort = true)
{
    public bool IsBehindNat => !Outside.Equals(Own);
}

/// <summary>A phone by hand: SIP as text over UDP, TCP or TLS, and G.711 with a tone both ways.</summary>
internal sealed class NatPhone : IDisposable
{
    private const int PrivatePort = 5066;   // behind NAT: a port that means nothing outside
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly PhonePlace _place;
    private readonly SipProtocol _protocol;
    private readonly Socket _socket;
    private readonly IPEndPoint _agent;
    private readonly StringBuilder _unread = new();
    private Stream? _stream;
    private int _cseq;
    private string _toTag = "";

    private NatPhone(PhonePlace place, SipProtocol protocol, IPEndPoint agent)
    {
        _agent = agent;
        _place = place;
        _protocol = protocol;
        var isStream = protocol != SipProtocol.Udp;
        _socket = new Socket(AddressFamily.InterNetwork, isStream ? SocketType.Stream : SocketType.Dgram, isStream ? ProtocolType.Tcp : ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(place.Outside, 0));
        Media = new NatPhoneMedia(place.Outside);
    }

    public NatPhoneMedia Media { get; private set; }

    private int OwnPort => _place.IsBehindNat ? PrivatePort : ((IPEndPoint)_socket.LocalEndPoint!).Port;

    private string Transport => _protocol.ToString().ToUpperInvariant();

    public static async Task<NatPhone> ConnectAsync(PhonePlace place, SipProtocol protocol, IPEndPoint agent, TestAuthority authority)
    {
        var phone = new NatPhone(place, protocol, agent);
        if (protocol == SipProtocol.Udp)
            return phone;   // not connected: a router in user space does not change where the agent's own requests seem to come from
        await phone._socket.ConnectAsync(agent);
        phone._stream = new NetworkStream(phone._socket, ownsSocket: true);
        if (protocol == SipProtocol.Tls)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authority.Trusted);
            var secure = new SslStream(phone._stream);
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = agent.Address.ToString(), CertificateChainPolicy = policy });
            phone._stream = secure;
        }
        return phone;
    }

    /// <summary>INVITE or re-INVITE with the media port of now; returns the 200.</summary>
    public async Task<string> InviteAsync()
    {
        _cseq++;
        var sdp = $"v=0\r\no=phone 1 {_cseq} IN IP4 {_place.Own}\r\ns=-\r\nc=IN IP4 {_place.Own}\r\nt=0 0\r\n"
            + $"m=audio {(_place.IsBehindNat ? 40_000 + (2 * _cseq) : Media.Port)} RTP/AVP 0\r\n";
        await SendAsync(Request("INVITE", "Content-Type: application/sdp\r\n", sdp));
        var answer = await ReceiveAsync("SIP/2.0 200");
        _toTag = ";tag=" + answer.Split("\r\n").First(line => line.StartsWith("To:", StringComparison.Ordinal)).Split(";tag=")[1];
        return answer;
    }

    public Task AckAsync() => SendAsync(Request("ACK", "", ""));

    /// <summary>Goes over to another port for its media, which the next INVITE names.</summary>
    public void MoveMedia()
    {
        Media.Dispose();
        Media = new NatPhoneMedia(_place.Outside);
    }

    /// <summary>Waits for the agent's BYE and answers it.</summary>
    public async Task TakeByeAsync()
    {
        var bye = await ReceiveAsync("BYE ");
        string[] kept = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
        await SendAsync("SIP/2.0 200 OK\r\n" + string.Join("\r\n", bye.Split("\r\n").Where(line => kept.Any(name => line.StartsWith(name, StringComparison.Ordinal))))
            + "\r\nContent-Length: 0\r\n\r\n");
    }

    public void Dispose()
    {
        Media.Dispose();
        _stream?.Dispose();
        _socket.Dispose();
    }

    private string Request(string method, string headers, string body) =>
        $"{method} sip:agent@agent SIP/2.0\r\nVia: SIP/2.0/{Transport} {_place.Own}:{OwnPort};{(_place.AsksForRPort ? "rport;" : "")}branch=z9hG4bK{method}{_cseq}{OwnPort}\r\nMax-Forwards: 70\r\n"
        + $"From: <sip:phone@{_place.Own}>;tag=p\r\nTo: <sip:agent@agent>{_toTag}\r\nCall-ID: {_place.Outside}-{_socket.Handle}\r\nCSeq: {_cseq} {method}\r\n"
        + $"Contact: <sip:phone@{_place.Own}:{OwnPort};transport={Transport}>\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}";

    private async Task SendAsync(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        if (_stream is null)
            await _socket.SendToAsync(bytes, _agent);
        else
            await _stream.WriteAsync(bytes);
    }

    private async Task<string> ReceiveAsync(string start)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var message = _stream is null ? await ReadDatagramAsync(patience.Token) : await ReadMessageAsync(patience.Token);
            if (message.StartsWith(start, StringComparison.Ordinal))
                return message;
        }
    }

    private async Task<string> ReadDatagramAsync(CancellationToken patience)
    {
        var buffer = new byte[4096];
        var received = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), patience);
        return Encoding.ASCII.GetString(buffer, 0, received.ReceivedBytes);
    }

    private async Task<string> ReadMessageAsync(CancellationToken patience)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var text = _unread.ToString();
            var headEnd = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (headEnd >= 4)
            {
                var end = headEnd + int.Parse(text.Split("Content-Length:")[1].Split("\r\n")[0]);
                if (text.Length >= end)
                {
                    _unread.Remove(0, end);
                    return text[..end];
                }
            }
            var length = await _stream!.ReadAsync(buffer, patience);
            if (length == 0)
                throw new IOException("The agent has closed the connection.");
            _unread.Append(Encoding.ASCII.GetString(buffer, 0, length));
        }
    }
}
