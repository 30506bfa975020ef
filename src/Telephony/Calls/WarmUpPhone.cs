using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Telephony.Calls;

/// <summary>The caller of <see cref="CallWarmUp"/>: plain requests, one after the other, each waiting for its answer.</summary>
/// <remarks>Owned by the start. Every wait is bounded.</remarks>
internal sealed class WarmUpPhone : IDisposable
{
    private const int RtpPackets = 3;

    private readonly CancellationTokenSource _patience;
    private readonly Socket _sip = Bind();
    private readonly Socket _rtp = Bind();
    private readonly byte[] _datagram = new byte[4_096];
    private readonly IPEndPoint _agent;

    /// <param name="agent">Whom it calls.</param>
    /// <param name="patience">When it gives all of it up.</param>
    public WarmUpPhone(IPEndPoint agent, TimeSpan patience)
    {
        _agent = agent;
        _patience = new CancellationTokenSource(patience);
    }

    /// <summary>Calls made so far.</summary>
    public int Calls { get; private set; }

    private string Local => $"{_sip.LocalEndPoint}";

    /// <summary>OPTIONS, and its answer.</summary>
    public async Task AskOptionsAsync()
    {
        Calls++;
        await SendAsync("OPTIONS", 1);
        await AnswerAsync("OPTIONS");
    }

    /// <summary>A call that is answered, with audio both ways, and hung up.</summary>
    public async Task TalkAsync()
    {
        var answer = await InviteAsync();
        await SendAsync("ACK", 1, TagOf(answer));
        if (!answer.StartsWith("SIP/2.0 200 ", StringComparison.Ordinal))
            return;   // no port was free
        var rtp = new IPEndPoint(_agent.Address, int.Parse(Between(answer, "m=audio ", " "), CultureInfo.InvariantCulture));
        for (byte i = 0; i < RtpPackets; i++)
        {
            await _rtp.SendToAsync(RtpPacket(i), SocketFlags.None, rtp, _patience.Token);
            await _rtp.ReceiveAsync(_datagram, SocketFlags.None, _patience.Token);
        }
        await SendAsync("BYE", 2, TagOf(answer));
        await AnswerAsync("BYE");
    }

    /// <summary>A call that rings and is given up.</summary>
    public async Task RingAndCancelAsync()
    {
        Calls++;
        await SendAsync("INVITE", 1, body: Offer);
        var answer = await AnswerAsync("INVITE", least: 180);
        if (answer.StartsWith("SIP/2.0 180 ", StringComparison.Ordinal))
        {
            await SendAsync("CANCEL", 1);
            answer = await AnswerAsync("INVITE");
        }
        await SendAsync("ACK", 1, TagOf(answer), branchOf: "INVITE");
    }

    /// <summary>A call that is refused.</summary>
    public async Task BeRefusedAsync() => await SendAsync("ACK", 1, TagOf(await InviteAsync()), branchOf: "INVITE");

    public void Dispose()
    {
        _sip.Dispose();
        _rtp.Dispose();
        _patience.Dispose();
    }

    private string Offer =>
        $"v=0\r\no=- 1 1 IN IP4 {_agent.Address}\r\ns=-\r\nc=IN IP4 {_agent.Address}\r\nt=0 0\r\nm=audio {((IPEndPoint)_rtp.LocalEndPoint!).Port} RTP/AVP 9 0 101\r\n"
        + "a=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private async Task<string> InviteAsync()
    {
        Calls++;
        await SendAsync("INVITE", 1, body: Offer);
        return await AnswerAsync("INVITE");
    }

    private async Task SendAsync(string method, int cseq, string? tag = null, string body = "", string? branchOf = null)
    {
        var branch = $"z9hG4bK-{branchOf ?? (method == "CANCEL" ? "INVITE" : method)}-{Calls}";
        var text = $"{method} sip:agent@{_agent} SIP/2.0\r\nVia: SIP/2.0/UDP {Local};rport;branch={branch}\r\nMax-Forwards: 70\r\n"
            + $"From: \"Warm-up\" <sip:warm-up@{Local}>;tag=w{Calls}\r\nTo: <sip:agent@{_agent}>{(tag is null ? "" : $";tag={tag}")}\r\nCall-ID: warm-up-{Calls}\r\n"
            + $"CSeq: {cseq} {method}\r\nContact: <sip:warm-up@{Local}>\r\nUser-Agent: warm-up\r\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE\r\nSupported: timer, 100rel\r\n"
            + $"{(body.Length > 0 ? "Content-Type: application/sdp\r\n" : "")}Content-Length: {body.Length}\r\n\r\n{body}";
        await _sip.SendToAsync(Encoding.ASCII.GetBytes(text), SocketFlags.None, _agent, _patience.Token);
    }

    /// <summary>The first answer to a request of the current call from that status on; others are passed over.</summary>
    private async Task<string> AnswerAsync(string method, int least = 200)
    {
        while (true)
        {
            var length = await _sip.ReceiveAsync(_datagram, SocketFlags.None, _patience.Token);
            var message = Encoding.ASCII.GetString(_datagram, 0, length);
            if (message.Contains($"Call-ID: warm-up-{Calls}\r\n", StringComparison.Ordinal) && message.Contains($" {method}\r\n", StringComparison.Ordinal)
                && int.TryParse(message.AsSpan(8, 3), CultureInfo.InvariantCulture, out var status) && status >= least)
                return message;
        }
    }

    private static byte[] RtpPacket(byte number)
    {
        var packet = new byte[12 + 160];
        (packet[0], packet[1], packet[3], packet[6], packet[11]) = (0x80, 9, number, (byte)(number * 160 >> 8), 1);
        packet[7] = (byte)(number * 160);
        return packet;
    }

    private static string TagOf(string response) => Between(Between(response, "\r\nTo: ", "\r\n") + ";", ";tag=", ";");

    private static string Between(string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }
}
