using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Telephony.Calls;
using Telephony.Tests.Calls;

namespace Telephony.Tests;

/// <summary>The whole telephone side on loopback sockets: one call by hand.</summary>
public sealed class TelephonyServiceTests : ICallHandler
{
    private readonly CallEvents _events = new();
    private int _sipPort;

    (int StatusCode, string? RetryAfter) ICallHandler.Availability => (200, null);

    void ICallHandler.OnCallOffered(Call call)
    {
        call.Listener = _events;
        call.Ring();
        call.Answer(new Silence(), new Silence());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_call_over_real_sockets_has_media_digits_and_an_end()
    {
        await using var services = Services();
        var telephony = services.GetRequiredService<TelephonyService>();
        await telephony.StartAsync(CancellationToken.None);
        using var sip = Connected(telephony.ListenEndPoints[0].EndPoint.Port);
        _sipPort = ((IPEndPoint)sip.Client.LocalEndPoint!).Port;
        using var rtp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));

        await SendAsync(sip, Invite((IPEndPoint)rtp.Client.LocalEndPoint!));
        var answer = await ReceiveAsync(sip, "SIP/2.0 200");
        var tag = answer.Split(";tag=")[^1].Split("\r\n")[0];
        await SendAsync(sip, Request("ACK", 1, tag));
        var port = int.Parse(answer.Split("m=audio ")[1].Split(' ')[0]);
        await SendDigitAsync(rtp, new IPEndPoint(IPAddress.Loopback, port));
        Assert.Equal(172, (await rtp.ReceiveAsync()).Buffer.Length);   // 20 ms of G.711
        await _events.UntilToldAsync("5 100 Rtp");
        await SendAsync(sip, Request("INFO", 2, tag, "application/dtmf-relay", "Signal=5\r\nDuration=100\r\n"));
        await SendAsync(sip, Request("INFO", 3, tag, "application/dtmf-relay", "Signal=6\r\nDuration=100\r\n"));
        await _events.UntilToldAsync("6 100 Info");

        var stopping = telephony.StopAsync(CancellationToken.None);
        var bye = await ReceiveAsync(sip, "BYE ");
        await SendAsync(sip, "SIP/2.0 200 OK\r\n" + string.Join("\r\n", bye.Split("\r\n").Where(IsDialogHeader)) + "\r\nContent-Length: 0\r\n\r\n");
        await stopping;
        Assert.Equal(["5 100 Rtp", "6 100 Info", "acknowledged", "answered", "ended AgentHungUp", "media"], _events.Told.Order(StringComparer.Ordinal));
        Assert.Equal("ended AgentHungUp", _events.Told.Last());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_stop_ends_calls_without_SIP_and_none_begins_after_it()
    {
        await using var services = Services();
        var telephony = services.GetRequiredService<TelephonyService>();
        var caller = new FrameCaller("console", "olga", null, "reception", new IPEndPoint(IPAddress.Loopback, 1));
        Assert.Null(telephony.OpenLine(caller));
        await telephony.StartAsync(CancellationToken.None);
        var (answered, offered, left) = (telephony.OpenLine(caller)!, telephony.OpenLine(caller)!, telephony.OpenLine(caller)!);
        answered.Call.Answer(new Silence(), new Silence());
        left.Leave();
        Assert.Equal(CallEndReason.Cancelled, await left.Ended);
        await telephony.StopAsync(CancellationToken.None);
        Assert.Equal((CallEndReason.AgentHungUp, CallEndReason.Rejected), (await answered.Ended, await offered.Ended));
        Assert.Null(telephony.OpenLine(caller));
    }

    private static bool IsDialogHeader(string line) =>
        new[] { "Via:", "From:", "To:", "Call-ID:", "CSeq:" }.Any(name => line.StartsWith(name, StringComparison.Ordinal));

    private static UdpClient Connected(int port)
    {
        var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        client.Connect(IPAddress.Loopback, port);
        return client;
    }

    private string Invite(IPEndPoint rtp) => Request("INVITE", 1, tag: null, "application/sdp",
        $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {rtp.Port} RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n");

    private string Request(string method, int cseq, string? tag, string? contentType = null, string body = "") =>
        $"{method} sip:agent@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK{method}{cseq}\r\nMax-Forwards: 70\r\n"
        + $"From: <sip:caller@127.0.0.1>;tag=c\r\nTo: <sip:agent@127.0.0.1>{(tag is null ? "" : $";tag={tag}")}\r\nCall-ID: service-test\r\nCSeq: {cseq} {method}\r\n"
        + $"Contact: <sip:caller@127.0.0.1:{_sipPort}>\r\n{(contentType is null ? "" : $"Content-Type: {contentType}\r\n")}Content-Length: {body.Length}\r\n\r\n{body}";

    // RFC 4733 section 2.3: event 5, end bit, volume 10, 800 units of the 8 kHz clock.
    private static async Task SendDigitAsync(UdpClient rtp, IPEndPoint to)
    {
        for (byte sequence = 1; sequence <= 3; sequence++)
            await rtp.SendAsync(new byte[] { 0x80, 101, 0, sequence, 0, 0, 0, 160, 1, 2, 3, 4, 5, 0x8A, 0x03, 0x20 }, to);
    }

    private static async Task SendAsync(UdpClient sip, string text) => await sip.SendAsync(Encoding.UTF8.GetBytes(text));

    private static async Task<string> ReceiveAsync(UdpClient sip, string start)
    {
        while (true)
        {
            var text = Encoding.UTF8.GetString((await sip.ReceiveAsync()).Buffer);
            if (text.StartsWith(start, StringComparison.Ordinal))
                return text;
        }
    }

    private ServiceProvider Services()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Telephony:Listen:0"] = "udp://127.0.0.1:0",
            ["Telephony:Rtp:PortRange"] = "41000-41999",
        }).Build();
        return new ServiceCollection().AddLogging().AddTelephony(configuration).AddSingleton<ICallHandler>(this).BuildServiceProvider();
    }
}
