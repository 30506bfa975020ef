using EndToEnd.Tests.Peers;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.CarrierPath;

/// <summary>baresip's column: what it does by its own commands.</summary>
/// <param name="road">The usual way.</param>
/// <param name="slow">The way with early media.</param>
internal sealed class BaresipCells(CarrierRoad road, CarrierRoad slow)
{
    private const string Peer = "baresip";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    public IEnumerable<PathCell> All =>
    [
        Not("late offer", "always offers"),
        Cell("early media", "183, ringing heard", EarlyMedia),
        Not("PRACK, supported", "has no 100rel"),
        Not("PRACK, required", "has no 100rel"),
        Not("unknown extension", "requires none"),
        Not("UPDATE", "sends none"),
        Cell("hold: sendonly", "recvonly, nothing sent meanwhile, taken back", Hold),
        Not("hold: inactive", "holds by sendonly"),
        Not("hold: 0.0.0.0", "holds by sendonly"),
        Not("codec change", "keeps its codec"),
        Cell("packet time", "packets of 40 ms, greeting heard", PacketTime),
        Cell("video refused", "VP8 gets port 0, greeting heard", Video),
        Not("body of several parts", "sends SDP alone"),
        Not("privacy", "sends neither header"),
        Cell("large INVITE", "2 kB, greeting heard", LargeInvite),
        Not("large request of ours", "has a short Contact"),
        Cell("digits by RTP", "all noted", Digits),
        Not("digits by INFO", "sends RTP only"),
        Cell("transfer", "REFER, calls the colleague, NOTIFY", Transfer),
        Cell("BYE of theirs", "greeting heard, record: caller", TheirBye),
        Cell("BYE of ours", "call closed, record: agent", OurBye),
    ];

    private static PathCell Cell(string what, string text, Func<Task> run) => new(what, Peer, run, text);

    private static PathCell Not(string what, string why) => new(what, Peer, null, why);

    private async Task EarlyMedia()
    {
        await using var phone = await CallAsync(slow, "baresip-early");
        Assert.Contains("SIP/2.0 183 Session Progress", phone.Log, StringComparison.Ordinal);
        await HangUpAsync(slow, phone, "baresip-early");
        CarrierRoad.MustHoldRingback(phone.Heard());
    }

    private async Task Hold()
    {
        await using var phone = await CallAsync(road, "baresip-hold");
        await Task.Delay(800);
        Assert.True(await phone.Control.CommandAsync("hold"));
        await Task.Delay(1_000);
        Assert.True(await phone.Control.CommandAsync("resume"));
        await Task.Delay(1_000);
        var record = await HangUpAsync(road, phone, "baresip-hold");
        var states = record.Timeline.Where(entry => entry.Kind == TimelineKind.State).Select(entry => entry.Text).ToList();
        var held = states.FindIndex(text => text.Contains(nameof(CallState.OnHold), StringComparison.Ordinal));
        Assert.InRange(held, 0, states.Count - 2);
        Assert.Contains("a=sendonly", phone.Log, StringComparison.Ordinal);
        Assert.Contains("a=recvonly", phone.Log, StringComparison.Ordinal);
        // 800 ms and 1 s of 50 packets each; none in the second between.
        Assert.InRange(record.Media!.PacketsSent, 50, (long)((record.DurationMs - 700) / 20));
    }

    private async Task PacketTime()
    {
        await using var phone = await CallAsync(road, "baresip-ptime", ";ptime=40");
        await Task.Delay(4_500);
        var record = await HangUpAsync(road, phone, "baresip-ptime");
        Assert.InRange(record.Media!.PacketsSent / (record.DurationMs / 1_000), 15, 30);
        CarrierRoad.MustHoldGreeting(phone.Heard());
    }

    private async Task Video()
    {
        await using var phone = await CallAsync(road, "baresip-video", hasVideo: true);
        await Task.Delay(4_500);
        await HangUpAsync(road, phone, "baresip-video");
        Assert.Contains("m=video 0 ", phone.Log, StringComparison.Ordinal);
        CarrierRoad.MustHoldGreeting(phone.Heard());
    }

    private async Task LargeInvite()
    {
        await using var phone = await CallAsync(road, "baresip-large", tail: $";x={new string('x', 600)}");
        await Task.Delay(4_500);
        await HangUpAsync(road, phone, "baresip-large");
        Assert.InRange(CarrierRoad.MessageIn(phone.Log, "INVITE sip:").Length, 1_301, 4_000);
        CarrierRoad.MustHoldGreeting(phone.Heard());
    }

    private async Task Digits()
    {
        await using var phone = await CallAsync(road, "baresip-keys");
        await Task.Delay(500);
        Assert.True(await phone.Control.CommandAsync("sndcode", "147*#"));
        await Task.Delay(2_000);
        Assert.Equal("147*#", (await HangUpAsync(road, phone, "baresip-keys")).Digits);
    }

    private async Task Transfer()
    {
        await using var phone = await CallAsync(road, "baresip-transfer");
        await (await road.SessionAsync("baresip-transfer")).CallToolAsync("transfer_call", """{"target":"colleague"}""");
        Assert.Equal(EndReason.Transferred, (await road.RecordAsync("baresip-transfer")).EndReason);
        Assert.Contains("message/sipfrag", CarrierRoad.MessageIn(phone.Log, "NOTIFY sip:"), StringComparison.Ordinal);
        await HangUpAsync(road, phone, "baresip-transfer-colleague");
    }

    private async Task TheirBye()
    {
        await using var phone = await CallAsync(road, "baresip-leaves");
        await Task.Delay(4_500);
        await HangUpAsync(road, phone, "baresip-leaves");
        CarrierRoad.MustHoldGreeting(phone.Heard());
    }

    private async Task OurBye()
    {
        await using var phone = await CallAsync(road, "baresip-bye");
        await (await road.SessionAsync("baresip-bye")).CallToolAsync("end_call", """{"reason":"done"}""");
        Assert.NotNull(await phone.Control.WaitForAsync("CALL_CLOSED", Soon));
        Assert.Equal(EndReason.AgentHungUp, (await road.RecordAsync("baresip-bye")).EndReason);
    }

    private static async Task<Baresip> CallAsync(CarrierRoad way, string number, string more = "", bool hasVideo = false, string tail = "")
    {
        var phone = await Baresip.StartAsync(new BaresipPhone { Speech = [], More = more, HasVideo = hasVideo });
        if (await phone.CallAsync(way.Uri(number) + tail, Soon))
        {
            Assert.Contains("Record-Route", phone.Log, StringComparison.Ordinal);
            return phone;
        }
        var log = phone.Log;
        await phone.DisposeAsync();
        throw new InvalidOperationException(log);
    }

    private static async Task<CallRecord> HangUpAsync(CarrierRoad way, Baresip phone, string number)
    {
        Assert.True(await phone.Control.CommandAsync("hangup"));
        var record = await way.RecordAsync(number);
        Assert.Equal(EndReason.CallerHungUp, record.EndReason);
        return record;
    }
}
