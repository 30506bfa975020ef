using System.Net;
using Telephony.Audio;
using Telephony.Media;
using Telephony.Sdp;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Calls;

/// <summary>A24 and A30, client side: what is heard of a call of ours before it is answered, by whom, and how it may change until then (RFC 3261 section 13.2.1, RFC 3311, RFC 6337).</summary>
public sealed class OutboundEarlyMediaTests : IDisposable
{
    private const string Reliable = "Require: 100rel\nRSeq: 7\n";
    private const string Described = "Content-Type: application/sdp\n";

    private readonly CallBench _bench = new(Callee.Options);
    private readonly Device _a = new(1);
    private readonly Device _b = new(2);

    public void Dispose()
    {
        _bench.Dispose();
        _a.Dispose();
        _b.Dispose();
    }

    [Fact]
    public void A_device_is_heard_before_it_answers_and_hears_us_only_then()
    {
        var callee = Callee.Dialled(_bench);
        _bench.Call.Answer(DiscardingSink.Instance, new LoopedAudio(new short[] { 8_000 }, 8_000));
        callee.Respond(183, sdp: _a.Sdp);
        UntilHeard(_a);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.InRange(_a.NextSample(_bench.Clock), -10, 10));
        Assert.Equal("ringing", _bench.Events.ToString());

        callee.Respond(200, sdp: _a.Sdp);
        Assert.True(Enumerable.Range(0, 500).Any(_ => _a.NextSample(_bench.Clock) > 7_500), "the agent is heard once the call is answered");
        MustBecome("ringing, answered, acknowledged, media");
    }

    [Fact]
    public void Of_several_devices_the_latest_is_heard_and_after_the_answer_the_winner_only()
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(183, "a", _a.Sdp);
        UntilHeard(_a);
        callee.Respond(183, "b", _b.Sdp);
        UntilHeard(_b);
        MustBeForeign(_a);

        Assert.Equal("ACK", callee.Respond(200, "a", _a.Sdp));
        UntilHeard(_a);
        MustBeForeign(_b);
        Assert.Equal("ACK BYE", callee.Respond(200, "b", _b.Sdp));
        UntilHeard(_a);
    }

    // Our offer is open until an answer to it is confirmed.
    [Fact]
    public void An_UPDATE_before_the_answer_changes_the_session_once_one_is_agreed()
    {
        var callee = Callee.Dialled(_bench);
        Assert.Contains(SipMethods.Update, callee.Invite.Headers.GetValues(HeaderNames.Allow));
        callee.Respond(183, sdp: _a.Sdp);
        Assert.Equal("491", callee.Request("UPDATE", cseq: 1, headers: Described, body: Phone.Sdp(_b.Sdp)));
        Assert.Equal("PRACK", callee.Respond(183, sdp: _a.Sdp, headers: Reliable));
        Assert.Equal("200", callee.Request("UPDATE", cseq: 2, headers: Described, body: Phone.Sdp(_b.Sdp)));
        Assert.True(SdpParser.TryParse(_bench.LastSent().Body.Span, out var answer));
        Assert.Equal(["0", "101"], Assert.Single(answer.Media).Formats);
        UntilHeard(_b);

        Assert.Equal("200", callee.Request("UPDATE", cseq: 3));   // nothing but a new Contact
        Assert.Equal("488", callee.Request("UPDATE", cseq: 4, headers: Described, body: Phone.Sdp("m=audio 4000 RTP/AVP 18")));
        Assert.Equal("ACK", callee.Respond(200, sdp: _a.Sdp));    // told again, and out of date
        UntilHeard(_b);
        MustBeForeign(_a);
        Assert.Equal("200", callee.Request("UPDATE", cseq: 5, headers: Described, body: Phone.Sdp(_a.Sdp)));
        UntilHeard(_a);
        MustBecome("ringing, answered, acknowledged, media");
        Assert.Equal("200", callee.Request("BYE", cseq: 6));
        Assert.Equal("ringing, answered, acknowledged, media, ended CallerHungUp", _bench.Events.ToString());
        Assert.True(_bench.AllPortsReturned());
    }

    [Fact]
    public void A_device_that_changed_its_session_and_was_not_the_latest_wins_with_what_it_said_last()
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(183, "a", "m=audio 4000 RTP/AVP 0", Reliable);
        callee.Request("UPDATE", "a", headers: Described, body: Phone.Sdp(_a.Sdp));
        callee.Respond(183, "b", _b.Sdp);
        UntilHeard(_b);
        Assert.Equal("ACK", callee.Respond(200, "a"));
        UntilHeard(_a);
    }

    // The answer is the one in a reliable response; what was a preview only may be told differently.
    [Theory]
    [InlineData(Reliable, "ringing, answered, acknowledged, held")]
    [InlineData("", "ringing, answered, acknowledged")]
    public void What_was_confirmed_stands_against_the_200_and_a_preview_does_not(string headers, string told)
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(183, sdp: Callee.Answer + "|a=inactive", headers: headers);
        callee.Respond(200, sdp: Callee.Answer);
        Assert.Equal(told, _bench.Events.ToString());
    }

    [Fact]
    public void A_preview_that_cannot_be_used_leaves_the_call_ringing()
    {
        var callee = Callee.Dialled(_bench);
        _bench.Answer();
        callee.Respond(183, sdp: "m=audio 4000 RTP/AVP 18");
        callee.Respond(183, sdp: "m=audio");
        Assert.Equal("ACK", callee.Respond(200, sdp: _a.Sdp));
        UntilHeard(_a);
        MustBecome("ringing, answered, acknowledged, media");
    }

    [Fact]
    public void A_call_that_was_heard_and_never_answered_leaves_nothing()
    {
        var callee = Callee.Dialled(_bench, ringSeconds: 60);
        callee.Respond(183, sdp: _a.Sdp);
        UntilHeard(_a);
        _bench.Clock.Advance(TimeSpan.FromSeconds(45));   // longer than a call may be silent
        Assert.Equal("ringing", _bench.Events.ToString());
        Assert.Equal("ACK", callee.Respond(480));
        Assert.Equal("ringing, ended NoAnswer", _bench.Events.ToString());
        Assert.True(_bench.AllPortsReturned());
    }

    // The media thread counts a packet first, and then tells of it.
    private void MustBecome(string told)
    {
        SpinWait.SpinUntil(() => _bench.Events.ToString() == told, TimeSpan.FromSeconds(20));
        Assert.Equal(told, _bench.Events.ToString());
    }

    private void UntilHeard(Device device)
    {
        // The media thread takes a new answer over in its own time.
        Assert.True(SpinWait.SpinUntil(() => IsHeard(device), TimeSpan.FromSeconds(20)), "the device is not heard");
    }

    private void MustBeForeign(Device device)
    {
        for (var i = 0; i < 6; i++)
            Assert.False(IsHeard(device), "the device is still heard");
    }

    private bool IsHeard(Device device)
    {
        var before = _bench.Call.GetMediaStatistics();
        device.Send(OurMedia());
        Assert.True(SpinWait.SpinUntil(() => Count(_bench.Call.GetMediaStatistics()) > Count(before), TimeSpan.FromSeconds(20)), "the packet did not arrive");
        return _bench.Call.GetMediaStatistics().PacketsReceived > before.PacketsReceived;
    }

    private static long Count(MediaStatistics statistics) => statistics.PacketsReceived + statistics.PacketsForeign;

    private IPEndPoint OurMedia()
    {
        var invite = _bench.Wire.Sent.Select(sent => SipParser.Parse(System.Text.Encoding.UTF8.GetBytes(sent.Text)).Message!).OfType<SipRequest>().First(sent => sent.Method == SipMethods.Invite);
        Assert.True(SdpParser.TryParse(invite.Body.Span, out var offer));
        return new IPEndPoint(IPAddress.Loopback, Assert.Single(offer.Media).Port);
    }
}
