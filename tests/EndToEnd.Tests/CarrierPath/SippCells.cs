using System.Diagnostics;
using System.Globalization;
using System.Net;
using EndToEnd.Tests.Peers;
using EndToEnd.Tests.Yardstick;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.CarrierPath;

/// <summary>sipp's column: exact messages, with the test's own socket as its media.</summary>
/// <param name="road">The usual way.</param>
/// <param name="slow">The way with early media.</param>
internal sealed class SippCells(CarrierRoad road, CarrierRoad slow)
{
    private const string Peer = "sipp";
    private const string Sdp = "v=0\no=sipp 1 2 IN IP4 [local_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0\nm=audio [field0] RTP/AVP 0\n";

    public IEnumerable<PathCell> All =>
    [
        Cell("late offer", "offer in 200, greeting heard", LateOffer),
        Cell("early media", "183, ringing heard before 200", EarlyMedia),
        Cell("PRACK, supported", "RSeq, 200 to PRACK", () => Prack("Supported: 100rel\n")),
        Cell("PRACK, required", "RSeq, 200 to PRACK", () => Prack("Require: 100rel\n")),
        Cell("unknown extension", "420, Unsupported", UnknownExtension),
        Cell("UPDATE", "answered with and without offer, before 200 too", Update),
        Cell("hold: sendonly", "recvonly, silence, audio again", () => Hold(Way("sendonly"), "a=recvonly")),
        Cell("hold: inactive", "inactive, silence, audio again", () => Hold(Way("inactive"), "a=inactive")),
        Cell("hold: 0.0.0.0", "recvonly, silence, audio again", () => Hold(SippScript.Audio.Replace("AVP 0 101|", "AVP 0 101|c=IN IP4 0.0.0.0|", StringComparison.Ordinal), "a=recvonly")),
        Cell("codec change", "PCMU, PCMA, G.722 on the wire", CodecChange),
        Cell("packet time", "packets of 10, 20, 30, 40, 60 ms", PacketTimes),
        Cell("video refused", "port 0, greeting heard", Video),
        Cell("body of several parts", "greeting heard", Multipart),
        Cell("privacy", "number withheld, and asserted number believed", Privacy),
        Cell("large INVITE", "3 kB, greeting heard", LargeInvite),
        Cell("large request of ours", "BYE of 1.5 kB comes by TCP", LargeBye),
        Cell("digits by RTP", "all noted", DigitsByRtp),
        Cell("digits by INFO", "both body types noted", DigitsByInfo),
        Cell("transfer", "REFER, NOTIFY 100 and 200, our BYE", Transfer),
        Cell("BYE of theirs", "record: caller", () => CallAsync("bye", new SippScript().Invite().Expect(200, "Record-Route").Ack())),
        Cell("BYE of ours", "record: agent", AgentBye),
    ];

    private static PathCell Cell(string what, string text, Func<Task> run) => new(what, Peer, run, text);

    private static string Way(string direction) => SippScript.Audio.Replace("sendrecv", direction, StringComparison.Ordinal);

    private async Task LateOffer() =>
        await GreetedAsync("late", new SippScript().Invite("").Expect(200, "m=audio [0-9]+ RTP/AVP").Ack(SippScript.Audio));

    private async Task EarlyMedia()
    {
        await using var sink = new RtpSink(IPAddress.Loopback);
        await CallAsync("early", new SippScript().Invite().ExpectEarly(183, "m=audio [0-9]+ RTP").Expect(200).Ack(), sink, slow);
        CarrierRoad.MustHoldRingback(sink.Heard.ToArray());
    }

    private Task Prack(string header) =>
        CallAsync($"prack-{header[0]}", new SippScript(header).Invite().ExpectEarly(183, "RSeq: ([0-9]+)", "rseq").Prack("[$rseq]").Expect(200).AckOfInvite(), null, slow);

    private async Task UnknownExtension()
    {
        // The ACK of a refusal belongs to its hop: the branch and the address of the INVITE, no route.
        var script = new SippScript("Require: x-unheard-of\n").Invite().Expect(420, "Unsupported: x-unheard-of").Ack().ToString()
            .Replace("[branch]", "z9hG4bK-[pid]-[call_number]", StringComparison.Ordinal).Replace("[next_url]", "sip:[service]@[remote_ip]:[remote_port]", StringComparison.Ordinal)
            .Replace("[routes]\n", "", StringComparison.Ordinal);
        (await RunAsync("unknown", script, null, road)).MustSucceed();
    }

    private async Task Update()
    {
        await CallAsync("update", new SippScript().Invite().Expect(200).Ack().Request("UPDATE", check: "CSeq: 2 UPDATE")
            .Request("UPDATE", "", "application/sdp", Sdp + "a=sendonly\n", "a=recvonly"));
        await CallAsync("update-early", new SippScript("Supported: 100rel\n").Invite().ExpectEarly(183, "RSeq: ([0-9]+)", "rseq").Prack("[$rseq]")
            .Request("UPDATE", "", "application/sdp", Sdp, "m=audio [0-9]+ RTP").Expect(200).AckOfInvite(), null, slow);
    }

    private async Task Hold(string offer, string answer)
    {
        var name = $"hold-{answer[2..]}-{offer.Length}";
        await using var sink = new RtpSink(IPAddress.Loopback);
        await CallAsync(name, new SippScript().Invite().Expect(200).Ack().Pause(600).Invite(offer).Expect(200, answer).Ack().Pause(1_200).Invite().Expect(200, "a=sendrecv").Ack().Pause(600), sink);
        var arrivals = sink.Heard.Packets.Select(packet => packet.ArrivalTimestamp).ToList();
        var longest = arrivals.Zip(arrivals.Skip(1), (a, b) => Stopwatch.GetElapsedTime(a, b)).DefaultIfEmpty().Max();
        Assert.True(longest > TimeSpan.FromMilliseconds(900), $"the longest silence was {longest.TotalMilliseconds:0} ms");
        var record = await road.RecordAsync(name);
        Assert.Contains(record.Timeline, entry => entry.Kind == TimelineKind.State && entry.Text.Contains(nameof(CallState.OnHold), StringComparison.Ordinal));
    }

    private async Task CodecChange()
    {
        await using var sink = new RtpSink(IPAddress.Loopback);
        await CallAsync("codec", new SippScript().Invite().Expect(200, "RTP/AVP 0 ").Ack().Pause(300)
            .Invite("m=audio [field0] RTP/AVP 8|a=rtpmap:8 PCMA/8000").Expect(200, "RTP/AVP 8").Ack().Pause(300)
            .Invite("m=audio [field0] RTP/AVP 9|a=rtpmap:9 G722/8000").Expect(200, "RTP/AVP 9").Ack().Pause(300), sink);
        Assert.Superset(new HashSet<byte> { 0, 8, 9 }, sink.Heard.Packets.Select(packet => packet.PayloadType).ToHashSet());
    }

    private async Task PacketTimes()
    {
        int[] times = [10, 30, 40, 60];
        await using var sink = new RtpSink(IPAddress.Loopback);
        var script = new SippScript().Invite().Expect(200, "a=ptime:20").Ack().Pause(300);
        foreach (var ms in times)
            script.Invite(SippScript.Audio.Replace("ptime:20", $"ptime:{ms}", StringComparison.Ordinal)).Expect(200, $"a=ptime:{ms}").Ack().Pause(400);
        await CallAsync("ptime", script, sink);
        Assert.Superset(times.Append(20).Select(ms => 8 * ms).ToHashSet(), sink.Heard.Packets.Select(packet => packet.PayloadBytes).ToHashSet());
    }

    private Task Video() => GreetedAsync("video", new SippScript().Invite("m=video 5000 RTP/AVP 96|a=rtpmap:96 H264/90000|" + SippScript.Audio).Expect(200, "m=video 0 RTP/AVP").Ack());

    private Task Multipart()
    {
        var body = $"--edge\nContent-Type: application/sdp\n\n{Sdp}--edge\nContent-Type: application/isup;version=itu-t92+\nContent-Disposition: signal;handling=optional\n\n01 00 49\n--edge--\n";
        return GreetedAsync("parts", new SippScript().Invite("multipart/mixed;boundary=edge", body, "MIME-Version: 1.0\n").Expect(200, "m=audio").Ack());
    }

    private async Task Privacy()
    {
        const string Asserted = "P-Asserted-Identity: \"Alice\" <sip:+4930123456@carrier.example;user=phone>\n";
        await CallAsync("hidden", new SippScript("Privacy: id\n" + Asserted).Invite().Expect(200).Ack());
        await CallAsync("known", new SippScript(Asserted).Invite().Expect(200).Ack());
        var (hidden, known) = (await road.RecordAsync("hidden"), await road.RecordAsync("known"));
        Assert.Equal((true, null, false, "carrier"), (hidden.CallerIsWithheld, hidden.CallerNumber, hidden.CallerIsVerified, hidden.Trunk));
        Assert.Equal((false, "+4930123456", true, "carrier"), (known.CallerIsWithheld, known.CallerNumber, known.CallerIsVerified, known.Trunk));
    }

    private Task LargeInvite() =>
        GreetedAsync("large", new SippScript(string.Concat(Enumerable.Range(0, 12).Select(i => $"X-Carrier-{i}: {new string('x', 230)}\n"))).Invite().Expect(200).Ack());

    // What makes our request large is the address that it goes to.
    private async Task LargeBye()
    {
        var running = RunAsync("sipp-large", new SippScript(contactUser: new string('u', 1_300)).Invite().Expect(200).Ack().Await("BYE", "SIP/2.0/TCP 127.0.0.1").ToString(), null, road);
        await (await road.SessionAsync("sipp-large")).CallToolAsync("end_call", """{"reason":"done"}""");
        (await running).MustSucceed();
    }

    private async Task DigitsByRtp()
    {
        await using var sink = new RtpSink(IPAddress.Loopback);
        var running = CallAsync("keys", new SippScript().Invite().Expect(200).Ack().Pause(2_500), sink);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (sink.Statistics.Sent < 10)
            await Task.Delay(20, limit.Token);
        foreach (var digit in "19*#")
            Assert.True(sink.Press(digit));
        await running;
        Assert.Equal("19*#", (await road.RecordAsync("keys")).Digits);
    }

    private async Task DigitsByInfo()
    {
        await CallAsync("info", new SippScript().Invite().Expect(200).Ack()
            .Request("INFO", "", "application/dtmf-relay", "Signal=5\nDuration=160\n").Request("INFO", "", "application/dtmf", "9\n").Pause(300));
        Assert.Equal("59", (await road.RecordAsync("info")).Digits);
    }

    private async Task Transfer()
    {
        var script = new SippScript().Invite().Expect(200).Ack().Await("REFER", "Refer-To: <sip:sipp-transfer-colleague@", "202 Accepted")
            .Request("NOTIFY", "Event: refer\nSubscription-State: active;expires=60\n", "message/sipfrag;version=2.0", "SIP/2.0 100 Trying\n")
            .Request("NOTIFY", "Event: refer\nSubscription-State: terminated;reason=noresource\n", "message/sipfrag;version=2.0", "SIP/2.0 200 OK\n").Await("BYE");
        var running = RunAsync("sipp-transfer", script.ToString(), null, road);
        await (await road.SessionAsync("sipp-transfer")).CallToolAsync("transfer_call", """{"target":"colleague"}""");
        (await running).MustSucceed();
        Assert.Equal(EndReason.Transferred, (await road.RecordAsync("sipp-transfer")).EndReason);
    }

    private async Task AgentBye()
    {
        var running = RunAsync("sipp-bye", new SippScript().Invite().Expect(200).Ack().Await("BYE").ToString(), null, road);
        await (await road.SessionAsync("sipp-bye")).CallToolAsync("end_call", """{"reason":"done"}""");
        (await running).MustSucceed();
        Assert.Equal(EndReason.AgentHungUp, (await road.RecordAsync("sipp-bye")).EndReason);
    }

    private async Task GreetedAsync(string number, SippScript script)
    {
        await using var sink = new RtpSink(IPAddress.Loopback);
        await CallAsync(number, script.Pause(4_500), sink);
        CarrierRoad.MustHoldGreeting(sink.Heard.ToArray());
    }

    /// <summary>A call that ends with sipp's BYE.</summary>
    private async Task CallAsync(string number, SippScript script, RtpSink? sink = null, CarrierRoad? way = null)
    {
        way ??= road;
        (await RunAsync(number, script.Request("BYE").ToString(), sink, way)).MustSucceed();
        Assert.Equal(EndReason.CallerHungUp, (await way.RecordAsync(number)).EndReason);
    }

    private static Task<SippResult> RunAsync(string number, string script, RtpSink? sink, CarrierRoad way) =>
        Sipp.RunAsync(new SippRun(string.Create(CultureInfo.InvariantCulture, $"path-{number}"), way.Proxy) { Script = script, Service = number, MediaPorts = [sink?.Port ?? 9] });
}
