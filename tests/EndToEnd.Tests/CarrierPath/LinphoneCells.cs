using EndToEnd.Tests.Peers;
using Telephony.Audio;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.CarrierPath;

/// <summary>linphonec's column: what it does by its own commands and settings.</summary>
/// <param name="road">The usual way.</param>
/// <param name="slow">The way with early media.</param>
internal sealed class LinphoneCells(CarrierRoad road, CarrierRoad slow)
{
    private const string Peer = "linphonec";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    public IEnumerable<PathCell> All =>
    [
        Cell("late offer", "offer in 200, greeting heard", LateOffer),
        Cell("early media", "183, ringing heard", EarlyMedia),
        Cell("PRACK, supported", "RSeq, 200 to PRACK, ringing heard", Prack),
        Not("PRACK, required", "offers 100rel at most"),
        Not("unknown extension", "requires none"),
        Not("UPDATE", "has no command for it"),
        Cell("hold: sendonly", "recvonly, nothing sent meanwhile, taken back", Hold),
        Not("hold: inactive", "holds by sendonly"),
        Not("hold: 0.0.0.0", "holds by sendonly"),
        Cell("codec change", "Opus, then PCMU after a re-INVITE", CodecChange),
        Cell("packet time", "packets of 40 ms, greeting heard", PacketTime),
        Cell("video refused", "VP8 gets port 0, greeting heard", Video),
        Not("body of several parts", "sends SDP alone"),
        Cell("privacy", "number withheld", Privacy),
        Cell("large INVITE", "2 kB, greeting heard", LargeInvite),
        Not("large request of ours", "has a short Contact"),
        Cell("digits by RTP", "noted", () => Digits("linphone-keys", sendsInfo: false)),
        Cell("digits by INFO", "noted", () => Digits("linphone-info", sendsInfo: true)),
        Cell("transfer", "REFER, calls the colleague, NOTIFY", Transfer),
        Cell("BYE of theirs", "greeting heard, record: caller", TheirBye),
        Cell("BYE of ours", "call ended, record: agent", OurBye),
    ];

    private static PathCell Cell(string what, string text, Func<Task> run) => new(what, Peer, run, text);

    private static PathCell Not(string what, string why) => new(what, Peer, null, why);

    private async Task LateOffer()
    {
        await using var phone = await CallAsync(road, "linphone-late", sip: "sdp_200_ack=1");
        await Task.Delay(4_500);
        await HangUpAsync(road, phone, "linphone-late");
        Assert.DoesNotContain("Content-Type", CarrierRoad.MessageIn(phone.Wire, "INVITE sip:"), StringComparison.Ordinal);
        CarrierRoad.MustHoldGreeting(await HeardAsync(phone));
    }

    private async Task EarlyMedia()
    {
        await using var phone = await CallAsync(slow, "linphone-early");
        Assert.True(await phone.HearsAsync("early media", Soon), phone.Log);
        Assert.True(await phone.HearsAsync("connected", Soon), phone.Log);
        await HangUpAsync(slow, phone, "linphone-early");
        CarrierRoad.MustHoldRingback(await HeardAsync(phone));
    }

    private async Task Prack()
    {
        await using var phone = await CallAsync(slow, "linphone-prack", sip: "supported=replaces, outbound, gruu, 100rel");
        Assert.True(await phone.HearsAsync("connected", Soon), phone.Log);
        await HangUpAsync(slow, phone, "linphone-prack");
        Assert.Contains("RSeq: ", CarrierRoad.MessageIn(phone.Wire, "SIP/2.0 183 "), StringComparison.Ordinal);
        Assert.Contains("RAck: ", CarrierRoad.MessageIn(phone.Wire, "PRACK sip:"), StringComparison.Ordinal);
        CarrierRoad.MustHoldRingback(await HeardAsync(phone));
    }

    private async Task Hold()
    {
        await using var phone = await CallAsync(road, "linphone-hold");
        await Task.Delay(800);
        await phone.SayAsync("pause");
        await Task.Delay(1_200);
        await phone.SayAsync("resume");
        await Task.Delay(1_000);
        var record = await HangUpAsync(road, phone, "linphone-hold");
        var states = record.Timeline.Where(entry => entry.Kind == TimelineKind.State).Select(entry => entry.Text).ToList();
        var held = states.FindIndex(text => text.Contains(nameof(CallState.OnHold), StringComparison.Ordinal));
        Assert.InRange(held, 0, states.Count - 2);
        Assert.Contains("a=sendonly", phone.Wire, StringComparison.Ordinal);
        Assert.Contains("a=recvonly", phone.Wire, StringComparison.Ordinal);
        Assert.InRange(record.Media!.PacketsSent, 50, (long)((record.DurationMs - 700) / 20));
    }

    private async Task Video()
    {
        await using var phone = await CallAsync(road, "linphone-video", hasVideo: true);
        await Task.Delay(4_500);
        await HangUpAsync(road, phone, "linphone-video");
        Assert.Contains("m=video 0 ", phone.Wire, StringComparison.Ordinal);
        CarrierRoad.MustHoldGreeting(await HeardAsync(phone));
    }

    // An account that wishes privacy: From is anonymous too, and nobody asserts a number.
    private async Task Privacy()
    {
        await using var phone = await CallAsync(road, "linphone-hidden", sip: "default_proxy=0",
            more: $"[proxy_0]\nreg_proxy=<sip:{road.Proxy};lr>\nreg_identity=\"Phone\" <sip:lp@127.0.0.1>\nreg_sendregister=0\nprivacy=8\npublish=0");
        var record = await HangUpAsync(road, phone, "linphone-hidden");
        Assert.Contains("Privacy: id", CarrierRoad.MessageIn(phone.Wire, "INVITE sip:"), StringComparison.Ordinal);
        Assert.Equal((true, null), (record.CallerIsWithheld, record.CallerNumber));
    }

    private async Task PacketTime()
    {
        await using var phone = await CallAsync(road, "linphone-ptime", more: "download_ptime=40");
        await Task.Delay(4_500);
        var record = await HangUpAsync(road, phone, "linphone-ptime");
        Assert.InRange(record.Media!.PacketsSent / (record.DurationMs / 1_000), 15, 30);
        CarrierRoad.MustHoldGreeting(await HeardAsync(phone));
    }

    private async Task LargeInvite()
    {
        await using var phone = await CallAsync(road, "linphone-large", tail: $";x={new string('x', 600)}");
        await Task.Delay(4_500);
        await HangUpAsync(road, phone, "linphone-large");
        Assert.InRange(CarrierRoad.MessageIn(phone.Wire, "INVITE sip:").Length, 1_301, 4_000);
        CarrierRoad.MustHoldGreeting(await HeardAsync(phone));
    }

    // What is switched off in a call is left out of its next offers.
    private async Task CodecChange()
    {
        await using var phone = await CallAsync(road, "linphone-codec");
        await phone.SayAsync("codec disable 0");
        await phone.SayAsync("pause");
        await Task.Delay(1_000);
        await phone.SayAsync("resume");
        await Task.Delay(1_000);
        await HangUpAsync(road, phone, "linphone-codec");
        Assert.Matches(@"m=audio \d+ RTP/AVP 96 \d+\s", phone.Wire);
        Assert.Matches(@"m=audio \d+ RTP/AVP 0 101\s", phone.Wire);
    }

    private async Task Digits(string number, bool sendsInfo)
    {
        await using var phone = await CallAsync(road, number, sendsInfo: sendsInfo);
        await Task.Delay(500);
        await phone.SayAsync("7");
        await Task.Delay(1_000);
        Assert.Equal("7", (await HangUpAsync(road, phone, number)).Digits);
    }

    private async Task Transfer()
    {
        await using var phone = await CallAsync(road, "linphone-transfer");
        await (await road.SessionAsync("linphone-transfer")).CallToolAsync("transfer_call", """{"target":"colleague"}""");
        Assert.Equal(EndReason.Transferred, (await road.RecordAsync("linphone-transfer")).EndReason);
        Assert.Contains("message/sipfrag", CarrierRoad.MessageIn(phone.Wire, "NOTIFY sip:"), StringComparison.Ordinal);
        await HangUpAsync(road, phone, "linphone-transfer-colleague");
    }

    private async Task TheirBye()
    {
        await using var phone = await CallAsync(road, "linphone-leaves");
        await Task.Delay(4_500);
        await HangUpAsync(road, phone, "linphone-leaves");
        CarrierRoad.MustHoldGreeting(await HeardAsync(phone));
    }

    private async Task OurBye()
    {
        await using var phone = await CallAsync(road, "linphone-bye");
        await (await road.SessionAsync("linphone-bye")).CallToolAsync("end_call", """{"reason":"done"}""");
        Assert.True(await phone.HearsAsync("ended (No error)", Soon), phone.Log);
        Assert.Equal(EndReason.AgentHungUp, (await road.RecordAsync("linphone-bye")).EndReason);
    }

    private static async Task<Linphone> CallAsync(CarrierRoad way, string number, bool sendsInfo = false, string sip = "", string more = "", bool hasVideo = false, string tail = "")
    {
        var phone = await Linphone.StartAsync("udp", sendsInfo: sendsInfo, sip: sip, more: more, hasVideo: hasVideo);
        await phone.SayAsync($"record {phone.PathOf("heard.wav")}");
        await Task.Delay(500);
        await phone.SayAsync($"call {way.Uri(number)}{tail}");
        if (await phone.HearsAsync("Media streams established", Soon))
            return phone;
        var log = phone.Log;
        await phone.DisposeAsync();
        throw new InvalidOperationException(log);
    }

    private static async Task<CallRecord> HangUpAsync(CarrierRoad way, Linphone phone, string number)
    {
        await phone.SayAsync("terminate");
        var record = await way.RecordAsync(number);
        Assert.True(record.EndReason == EndReason.CallerHungUp, $"{record.EndReason}\n{phone.Log}");
        return record;
    }

    // Its recording has a length in its head only when it is closed.
    private static async Task<short[]> HeardAsync(Linphone phone)
    {
        Assert.True(await phone.HearsAsync("ended", Soon), phone.Log);
        Assert.True(WavFile.TryRead(await File.ReadAllBytesAsync(phone.PathOf("heard.wav")), out var recorded));
        return recorded.ToMono(8_000);
    }
}
