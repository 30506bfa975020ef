using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Support;
using Telephony.Audio;
using Telephony.Calls;
using Telephony.Sip.Transport;
using Telephony.Tests.Calls;

namespace Telephony.Tests.Nat;

/// <summary>A23, the matrix of 12: four ways in which NAT stands between a caller and us, over UDP, TCP and TLS. In each the call has audio both ways within 200 ms
/// of its ACK, again after a re-INVITE with a new media port, and our BYE reaches the phone.</summary>
/// <remarks>Local: no NAT between, although we have a public address. OurNat: we are reached through a router. TheirNat: Via, Contact and SDP of the phone name an
/// address that nobody reaches. BothNat: both, and the phone does not ask for rport. Addresses of 127.0.0.0/8 stand for all these networks.</remarks>
public sealed class NatMatrixTests : ICallHandler, IPcmSink, IPcmSource, IDisposable
{
    private const int AgentHz = 440;

    private static readonly IPAddress Agent = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress Router = IPAddress.Parse("127.0.0.9");
    private static readonly PhonePlace Neighbour = new(IPAddress.Parse("127.0.1.7"), IPAddress.Parse("127.0.1.7"));
    private static readonly PhonePlace Outside = new(IPAddress.Parse("127.0.2.7"), IPAddress.Parse("127.0.2.7"));
    private static readonly PhonePlace BehindNat = new(IPAddress.Parse("127.0.2.7"), IPAddress.Parse("10.0.0.7"));

    private readonly TestAuthority _authority = new();
    private readonly CallEvents _events = new();
    private readonly List<short> _heard = [];
    private Call? _call;
    private int _said;

    public static TheoryData<string, string> Cells => new MatrixTheoryData<string, string>(["Local", "OurNat", "TheirNat", "BothNat"], ["udp", "tcp", "tls"]);

    int IPcmSink.SampleRateHz => 8_000;

    int IPcmSource.SampleRateHz => 8_000;

    (int StatusCode, string? RetryAfter) ICallHandler.Availability => (200, null);

    public void Dispose() => _authority.Dispose();

    void ICallHandler.OnCallOffered(Call call)
    {
        _call = call;
        call.Listener = _events;
        call.Answer(this, this);
    }

    void IPcmSink.Write(ReadOnlySpan<short> pcm)
    {
        lock (_heard)
            _heard.AddRange(pcm);
    }

    int IPcmSource.Read(Span<short> frame)
    {
        for (var i = 0; i < frame.Length; i++)
            frame[i] = (short)(10_000 * Math.Sin(2 * Math.PI * AgentHz * (_said++ % 8_000) / 8_000));
        return frame.Length;
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Cells))]
    public async Task Audio_goes_both_ways_and_requests_find_their_way(string cell, string protocol)
    {
        var place = cell switch { "Local" => Neighbour, "OurNat" => Outside, "TheirNat" => BehindNat, _ => BehindNat with { AsksForRPort = false } };
        var isRouted = cell is "OurNat" or "BothNat";
        await using var services = Services(protocol, hasPublicAddress: cell != "TheirNat");
        var telephony = services.GetRequiredService<TelephonyService>();
        await telephony.StartAsync(CancellationToken.None);
        var port = telephony.ListenEndPoints[0].EndPoint.Port;
        await using var router = new NatRouter(Router, Agent, place.Outside);
        if (isRouted && protocol == "udp")
            router.ForwardDatagrams(port);
        else if (isRouted)
            router.ForwardConnections(port);

        using var phone = await NatPhone.ConnectAsync(place, Enum.Parse<SipProtocol>(protocol, ignoreCase: true), new IPEndPoint(isRouted ? Router : Agent, port), _authority);
        var media = ToldMedia(await phone.InviteAsync(), isRouted ? Router : Agent, port);
        if (isRouted)
            router.ForwardDatagrams(media.Port);
        await TalkAsync(phone, media);
        phone.MoveMedia();
        Assert.Equal(media, ToldMedia(await phone.InviteAsync(), isRouted ? Router : Agent, port));
        await TalkAsync(phone, media);

        _call!.HangUp();
        await phone.TakeByeAsync();
        await _events.UntilToldAsync("ended AgentHungUp");
    }

    /// <summary>Confirms, speaks, and has both sides hear the other.</summary>
    private async Task TalkAsync(NatPhone phone, IPEndPoint media)
    {
        lock (_heard)
            _heard.Clear();
        phone.Media.Say(media);
        var acked = Stopwatch.GetTimestamp();
        await phone.AckAsync();
        var first = await phone.Media.FirstAudioMsAsync(acked);

        TestContext.Current.TestOutputHelper?.WriteLine($"first audio {first:F0} ms after the ACK");
        Assert.True(first <= 200, $"first audio {first:F0} ms after the ACK");
        Assert.InRange(phone.Media.Loudness(AgentHz), 8_000, 12_000);
        await UntilHeardAsync();
    }

    private async Task UntilHeardAsync()
    {
        while (true)
        {
            lock (_heard)
            {
                if (_heard.Count >= 1_600 && Tone.Amplitude([.. _heard.TakeLast(1_600)], 8_000, NatPhoneMedia.SaidHz) > 8_000)
                    return;
            }
            await Task.Delay(5);
        }
    }

    /// <summary>Where the 200 says that our media is; its Contact must name the same host, and our SIP port.</summary>
    private static IPEndPoint ToldMedia(string answer, IPAddress told, int sipPort)
    {
        Assert.Contains($"\r\nc=IN IP4 {told}\r\n", answer, StringComparison.Ordinal);
        Assert.Contains($"@{told}:{sipPort}", answer.Split("\r\n").First(line => line.StartsWith("Contact:", StringComparison.Ordinal)), StringComparison.Ordinal);
        return new IPEndPoint(told, int.Parse(answer.Split("m=audio ")[1].Split(' ')[0], CultureInfo.InvariantCulture));
    }

    private ServiceProvider Services(string protocol, bool hasPublicAddress)
    {
        using var certificate = _authority.Issue($"{Agent} {Router}");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Telephony:Listen:0"] = $"{protocol}://{Agent}:0",
            ["Telephony:Tls:CertificateFile"] = _authority.Write(certificate),
            ["Telephony:PublicAddress"] = hasPublicAddress ? $"{Router}" : "",
            ["Telephony:LocalNetworks:0"] = "127.0.1.0/24",
            ["Telephony:Rtp:PortRange"] = "42000-42999",
        }).Build();
        return new ServiceCollection().AddLogging().AddTelephony(configuration).AddSingleton<ICallHandler>(this).BuildServiceProvider();
    }
}
