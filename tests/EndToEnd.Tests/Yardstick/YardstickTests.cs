using System.Net;
using EndToEnd.Tests.Peers;
using Simulation.Live;
using Simulation.Prompts;
using Support;
using Telephony.Calls;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Yardstick;

/// <summary>The cases of the public wire-level benchmark whose names are known, one test each, with foreign phones (goal A24).</summary>
/// <remarks>Known are: greeting, hold, DTMF by RTP, DTMF by INFO, transfer, session timers, codec change, SIP over TCP, late offer, invite-retransmit, refer-lost,
/// bye-lost, TLS leg and SRTP leg. The other ten of the 24 are ours: <see cref="YardstickCarrierTests"/>.</remarks>
[Trait("Category", "Peer")]
public sealed class YardstickTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Greeting()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var sink = new RtpSink(IPAddress.Loopback);
        await PlayAsync(new SippScript().Invite().Expect(200).Ack().Pause(4_500).Request("BYE"), sink: sink);
        var match = PromptRecognizer.Find(sink.Heard.ToArray(), PromptLibrary.Get("greeting").Pcm.Span, PromptLibrary.SampleRateHz);
        Assert.True(match.IsRecognised, $"{match}");
    }

    [Fact]
    public async Task Hold()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await PlayAsync(new SippScript().Invite().Expect(200).Ack()
            .Invite(SippScript.Audio.Replace("sendrecv", "sendonly", StringComparison.Ordinal)).Expect(200, "a=recvonly").Ack()
            .Invite(SippScript.Audio.Replace("sendrecv", "inactive", StringComparison.Ordinal)).Expect(200, "a=inactive").Ack()
            .Invite().Expect(200, "a=sendrecv").Ack().Request("BYE"));
    }

    [Fact]
    public async Task DTMF_by_RTP()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Speech = [] });
        Assert.True(await phone.CallAsync(agent.SipUri, Soon), phone.Log);
        await (await agent.Live.WaitForSessionAsync(1, Soon)).WaitForAsync(SessionEventKind.TextReceived, Soon);
        Assert.True(await phone.Control.CommandAsync("sndcode", "147*#"));
        await Task.Delay(2_000);
        Assert.True(await phone.Control.CommandAsync("hangup"));
        Assert.Equal("147*#", Assert.Single(await agent.WaitForRecordsAsync(1)).Digits);
    }

    [Fact]
    public async Task DTMF_by_INFO()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        var record = await PlayAsync(new SippScript().Invite().Expect(200).Ack()
            .Request("INFO", "", "application/dtmf-relay", "Signal=5\nDuration=160\n")
            .Request("INFO", "", "application/dtmf-relay", "Signal=9\nDuration=160\n").Pause(300).Request("BYE"));
        Assert.Equal("59", record.Digits);
    }

    [Fact]
    public async Task Transfer() => await TransferAsync("nothing");

    [Fact]
    public async Task Refer_lost() => await TransferAsync("REFER ");

    [Fact]
    public async Task Session_timers()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        var script = new SippScript("Supported: timer\nAllow: INVITE, ACK, BYE, CANCEL, UPDATE\nSession-Expires: 4;refresher=uas\n").Invite().Expect(200, "Session-Expires: 4;refresher=uas").Ack();
        for (var i = 0; i < 2; i++)
            script.Await("UPDATE", "Session-Expires: 4;refresher=uac", more: "Require: timer\nSession-Expires: 4;refresher=uac\n");
        await PlayAsync(script.Request("BYE"), settings: ("Telephony:SessionTimer:MinSe", "00:00:02"));
    }

    [Fact]
    public async Task Codec_change()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await PlayAsync(new SippScript().Invite().Expect(200, "RTP/AVP 0 ").Ack()
            .Invite("m=audio [field0] RTP/AVP 8|a=rtpmap:8 PCMA/8000").Expect(200, "RTP/AVP 8").Ack()
            .Invite("m=audio [field0] RTP/AVP 9|a=rtpmap:9 G722/8000").Expect(200, "RTP/AVP 9").Ack().Request("BYE"));
    }

    [Fact]
    public async Task SIP_over_TCP()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await PlayAsync(new SippScript().Invite().Expect(200, "transport=tcp").Ack().Pause(300).Request("BYE"), transport: "t1");
    }

    [Fact]
    public async Task Late_offer()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await PlayAsync(new SippScript().Invite("").Expect(200, "m=audio [0-9]+ RTP/AVP").Ack(SippScript.Audio).Pause(300)
            .Invite("").Expect(200, "m=audio [0-9]+ RTP/AVP").Ack(SippScript.Audio).Request("BYE"));
    }

    [Fact]
    public async Task Invite_retransmit()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        (await Sipp.RunAsync(new SippRun("retransmitted-invite", agent.Udp))).MustSucceed();
        Assert.Single(await agent.WaitForRecordsAsync(1));
    }

    [Fact]
    public async Task Bye_lost()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var line = await YardstickLine.StartAsync(call => call.HangUp());
        await RunAsync(line, "BYE ", script => script.Invite().Expect(200).Ack().Await("BYE"));
        Assert.Equal("ended AgentHungUp", await line.ToldAsync());
    }

    [Fact]
    public Task TLS_leg() => SecureAsync(mediaEncryption: "", policy: "Never");

    [Fact]
    public Task SRTP_leg() => SecureAsync(mediaEncryption: "srtp-mand", policy: "Required");

    private static async Task SecureAsync(string mediaEncryption, string policy)
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("localhost 127.0.0.1");
        await using var agent = await AgentUnderTest.StartAsync(null, ("Telephony:Listen:2", "tls://127.0.0.1:0"), ("Telephony:Tls:CertificateFile", authority.Write(certificate)),
            ("Telephony:Tls:TrustedCaFile", authority.CaFile), ("Telephony:Srtp:Policy", policy));
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Transport = "tls", Speech = [], CaFile = authority.CaFile, MediaEncryption = mediaEncryption });

        Assert.True(await phone.CallAsync($"sip:agent@{agent.Tls}", Soon), phone.Log);
        await (await agent.Live.WaitForSessionAsync(1, Soon)).WaitForAsync(SessionEventKind.TextReceived, Soon);
        await Task.Delay(4_000);
        Assert.True(await phone.Control.CommandAsync("hangup"));

        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
        var match = PromptRecognizer.Find(phone.Heard(), PromptLibrary.Get("greeting").Pcm.Span, PromptLibrary.SampleRateHz);
        Assert.True(match.IsRecognised, $"{match}");
    }

    /// <summary>Plays one call against the whole service; it ends with the caller's BYE.</summary>
    internal static async Task<CallRecord> PlayAsync(SippScript script, string transport = "u1", RtpSink? sink = null, params (string Key, string? Value)[] settings)
    {
        await using var agent = await AgentUnderTest.StartAsync(null, settings);
        var result = await Sipp.RunAsync(new SippRun("yardstick", transport == "u1" ? agent.Udp : agent.Tcp)
        {
            Script = script.ToString(),
            Transport = transport,
            MediaPorts = [sink?.Port ?? 9],
        });
        result.MustSucceed();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.CallerHungUp, record.EndReason);
        return record;
    }

    private static async Task TransferAsync(string lost)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var line = await YardstickLine.StartAsync(call => call.Transfer("sip:colleague@192.0.2.1"));
        await RunAsync(line, lost, script => script.Invite().Expect(200).Ack().Await("REFER", "Refer-To: <sip:colleague@192.0.2.1>", "202 Accepted")
            .Request("NOTIFY", "Event: refer\nSubscription-State: active;expires=60\n", "message/sipfrag;version=2.0", "SIP/2.0 100 Trying\n")
            .Request("NOTIFY", "Event: refer\nSubscription-State: terminated;reason=noresource\n", "message/sipfrag;version=2.0", "SIP/2.0 200 OK\n").Await("BYE"));
        Assert.Equal("transfer Accepted", await line.ToldAsync());
        Assert.Equal($"ended {nameof(CallEndReason.Transferred)}", await line.ToldAsync());
    }

    /// <summary>Plays a call whose far side reaches sipp through a relay, which loses the first datagram that begins so.</summary>
    private static async Task RunAsync(YardstickLine line, string lost, Func<SippScript, SippScript> write)
    {
        var port = PeerPorts.Take();
        await using var relay = new LossyRelay(port, lost);
        var script = write(new SippScript(contactPort: relay.Port));
        (await Sipp.RunAsync(new SippRun("yardstick", line.Udp) { Script = script.ToString(), Port = port })).MustSucceed();
        Assert.True(relay.Received >= 2, "nothing was lost");
    }
}
