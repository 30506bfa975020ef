using EndToEnd.Tests.Peers;

namespace EndToEnd.Tests.Yardstick;

/// <summary>What carriers and their gateways do besides, one test each: ten cases of ours that fill the benchmark's 24, whose other names are not published (goal A24).</summary>
/// <remarks>Early media and PRACK, refreshes by the caller, identity under privacy, large requests, packet times, bodies of several parts, video, a late ACK, hold in the old
/// style, and hold by us.</remarks>
[Trait("Category", "Peer")]
public sealed class YardstickCarrierTests
{
    private const string Sdp = "v=0\no=sipp 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0\nm=audio [field0] RTP/AVP 0\n";

    [Fact]
    public async Task Early_media_183()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await YardstickTests.PlayAsync(new SippScript().Invite().ExpectEarly(183, "m=audio [0-9]+ RTP").Expect(200, "m=audio [0-9]+ RTP").Ack().Request("BYE"),
            settings: ("Calls:EarlyMedia", "Ringback"));
    }

    [Fact]
    public async Task Prack()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await YardstickTests.PlayAsync(new SippScript("Supported: 100rel\n").Invite().ExpectEarly(183, "RSeq: ([0-9]+)", "rseq")
            .Prack("[$rseq]").Expect(200).AckOfInvite().Request("BYE"), settings: ("Calls:EarlyMedia", "Ringback"));
    }

    [Fact]
    public async Task Session_refresh_by_UPDATE()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await YardstickTests.PlayAsync(new SippScript("Supported: timer\nSession-Expires: 1800;refresher=uac\n").Invite().Expect(200, "Session-Expires: 1800;refresher=uac").Ack()
            .Request("UPDATE", "Supported: timer\nSession-Expires: 1800;refresher=uac\n")
            .Request("UPDATE", "Supported: timer\n", "application/sdp", Sdp).Request("BYE"));
    }

    [Fact]
    public async Task Privacy_and_asserted_identity()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await YardstickTests.PlayAsync(new SippScript("Privacy: id;user\nP-Asserted-Identity: \"Alice\" <sip:+4930123456@carrier.example;user=phone>\nP-Asserted-Identity: <tel:+4930123456>\n"
            + "Remote-Party-ID: <sip:+4930123456@carrier.example>;party=calling;privacy=full\nP-Charging-Vector: icid-value=1234bc9876e;orig-ioi=home1.example\n")
            .Invite().Expect(200).Ack().Request("BYE"));
    }

    [Fact]
    public async Task Request_of_more_than_1300_bytes()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        var headers = string.Concat(Enumerable.Range(0, 12).Select(i => $"X-Carrier-{i}: {new string('x', 200)}\n"));
        await YardstickTests.PlayAsync(new SippScript(headers).Invite().Expect(200).Ack().Request("BYE"));
    }

    [Fact]
    public async Task Packet_time_change()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        var script = new SippScript().Invite().Expect(200, "a=ptime:20").Ack();
        foreach (var (wished, answered) in new[] { (10, 10), (30, 30), (40, 40), (60, 60), (7, 10), (0, 20), (65535, 20) })
            script.Invite(SippScript.Audio.Replace("ptime:20", $"ptime:{wished}", StringComparison.Ordinal)).Expect(200, $"a=ptime:{answered}").Ack();
        await YardstickTests.PlayAsync(script.Request("BYE"));
    }

    [Fact]
    public async Task Multipart_body()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        var body = $"--edge\nContent-Type: application/sdp\n\n{Sdp}--edge\nContent-Type: application/isup;version=itu-t92+\nContent-Disposition: signal;handling=optional\n\n01 00 49\n--edge--\n";
        await YardstickTests.PlayAsync(new SippScript().Invite("multipart/mixed;boundary=edge", body, "MIME-Version: 1.0\n").Expect(200, "m=audio").Ack().Request("BYE"));
    }

    [Fact]
    public async Task Video_line_refused()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await YardstickTests.PlayAsync(new SippScript().Invite("m=video 5000 RTP/AVP 96|a=rtpmap:96 H264/90000|" + SippScript.Audio).Expect(200, "m=video 0 RTP/AVP").Ack().Request("BYE"));
    }

    [Fact]
    public async Task Ack_late()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        var result = await Sipp.RunAsync(new SippRun("yardstick", agent.Udp) { Script = new SippScript().Invite().Expect(200).Pause(1_800).Ack().Pause(300).Request("BYE").ToString() });
        Assert.InRange(result.MustSucceed().CountReceived("SIP/2.0 200", "INVITE"), 2, 4);
        Assert.Single(await agent.WaitForRecordsAsync(1));
    }

    [Fact]
    public async Task Hold_in_the_old_style_and_hold_by_us()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await YardstickTests.PlayAsync(new SippScript().Invite().Expect(200).Ack()
            .Invite(SippScript.Audio.Replace("AVP 0 101|", "AVP 0 101|c=IN IP4 0.0.0.0|", StringComparison.Ordinal)).Expect(200, "a=recvonly").Ack().Invite().Expect(200, "a=sendrecv").Ack().Request("BYE"));

        await using var line = await YardstickLine.StartAsync(call =>
        {
            call.Hold();
            call.Resume();
        });
        (await Sipp.RunAsync(new SippRun("yardstick", line.Udp)
        {
            Script = new SippScript().Invite().Expect(200).Ack().Await("INVITE", "a=sendonly", sdp: SippScript.Audio.Replace("sendrecv", "recvonly", StringComparison.Ordinal)).AwaitAck()
                .Await("INVITE", "a=sendrecv", sdp: SippScript.Audio).AwaitAck()
                .Pause(300).Request("BYE").ToString(),
        })).MustSucceed();
        Assert.Equal("ended CallerHungUp", await line.ToldAsync());
    }
}
