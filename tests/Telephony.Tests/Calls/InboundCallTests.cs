using System.Net;
using Telephony.Rtp;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Calls;

public sealed class InboundCallTests : IDisposable
{
    private readonly CallBench _bench = new();
    private readonly Phone _phone;

    public InboundCallTests() => _phone = new Phone(_bench);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_call_rings_is_answered_and_ended_by_the_caller()
    {
        Assert.Equal("", _phone.Invite());
        _bench.Call.Ring();
        Assert.Equal("180", _phone.Look());
        _bench.Answer();
        Assert.Equal("200", _phone.Look());
        Assert.Equal(["m=audio PORT RTP/AVP 0 101"], _phone.HeardLines[..1]);
        Assert.Equal("", _phone.Ack());
        Assert.Equal("200", _phone.Bye());
        Assert.Equal("answered, acknowledged, ended CallerHungUp", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public void The_host_sees_who_calls_whom()
    {
        _phone.Script.RequestUri = "sip:+4930999@198.51.100.5";
        _phone.Invite();
        var call = _bench.Call;
        Assert.Equal(("sip:caller@192.0.2.10", "caller", "Caller", "+4930999"), (call.From, call.CallerNumber, call.CallerName, call.DialledNumber));
        Assert.Equal((_phone.Script.CallId, CallBench.Peer), (call.SipCallId, call.RemoteEndPoint));
        Assert.Equal("70", call.RequestHeaders.GetFirst(HeaderNames.MaxForwards));
    }

    [Theory]
    [InlineData("m=audio 4000 RTP/SAVP 0", "488")]
    [InlineData("m=audio 4000 RTP/AVP 18", "488")]
    [InlineData("a=x", "488")]
    [InlineData("m=audio", "400")]
    public void An_offer_that_cannot_be_used_is_refused_before_the_host_hears_of_it(string offer, string answer)
    {
        Assert.Equal(answer, _phone.Invite(offer));
        Assert.Empty(_bench.Offered);
        if (answer == "488")
            Assert.StartsWith(offer == "a=x" ? "304 198.51.100.5 " : offer.Contains("SAVP", StringComparison.Ordinal) ? "303 198.51.100.5 " : "305 198.51.100.5 ", _bench.LastSent().Headers.GetFirst("Warning"), StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public void While_the_host_takes_no_calls_INVITE_and_OPTIONS_are_refused()
    {
        _bench.Availability = (503, "30");
        Assert.Equal("503", _phone.Invite());
        Assert.Equal("30", _bench.LastSent().Headers.GetFirst("Retry-After"));
        var options = new Phone(_bench, "options@192.0.2.10");
        _bench.Receive(options.Script.Request("OPTIONS", "z9hG4bKoptions", 1));
        Assert.Equal("503", options.Look());
        Assert.Equal(0, _bench.Ports.Leases);
    }

    [Fact]
    public void Without_a_free_port_a_call_is_refused_for_a_while()
    {
        using var bench = new CallBench(portRange: "40000-40007");
        var taken = new List<RtpPortPair>();
        while (bench.Ports.TryLease(IPAddress.Any, out var pair))
            taken.Add(pair);
        Assert.Equal("503", new Phone(bench).Invite());
        Assert.NotNull(bench.LastSent().Headers.GetFirst("Retry-After"));
        taken.ForEach(pair => pair.Dispose());
        Assert.Equal("", new Phone(bench, "second@192.0.2.10").Invite());
    }

    [Fact]
    public void Our_codec_order_decides_when_the_settings_give_one()
    {
        using var bench = new CallBench(new TelephonyOptions { Codecs = ["PCMA", "PCMU"], PtimeMs = 30 });
        Assert.Equal(["m=audio PORT RTP/AVP 8 101", "a=rtpmap:8 PCMA/8000"], Phone.Connected(bench).HeardLines[..2]);
    }

    [Fact]
    public void Commands_are_harmless_twice_and_in_any_order()
    {
        _phone.Invite();
        _bench.Call.AudioReady();
        _bench.Call.Ring();
        _bench.Call.Ring();
        Assert.Equal("180", _phone.Look());
        _bench.Answer();
        _bench.Answer();
        _bench.Call.Ring();
        Assert.Equal("200", _phone.Look());
        _phone.Ack();
        _bench.Call.HangUp();
        _bench.Call.HangUp();
        _bench.Call.Reject(486);
        _bench.Answer();
        Assert.Equal("BYE", _phone.Look());
        _phone.Respond();
        _bench.Call.AudioReady();
        Assert.Equal("answered, acknowledged, ended AgentHungUp", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public void A_refusal_carries_its_code_and_Retry_After()
    {
        _phone.Invite();
        _bench.Call.Reject(486, "All Agents Busy", "120");
        var response = Assert.IsType<SipResponse>(_bench.LastSent());
        Assert.Equal((486, "All Agents Busy", "120"), (response.StatusCode, response.ReasonPhrase, response.Headers.GetFirst("Retry-After")));
        Assert.Equal("ended Rejected", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public void Hanging_up_before_the_answer_refuses_with_480()
    {
        _phone.Invite();
        _bench.Call.HangUp();
        Assert.Equal("480", _phone.Look());
        Assert.Equal("ended Rejected", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public void Rejecting_an_answered_call_hangs_up()
    {
        var phone = Phone.Connected(_bench);
        _bench.Call.Reject(486);
        Assert.Equal("BYE", phone.Look());
    }

    [Fact]
    public void A_cancelled_call_cannot_be_answered_any_more()
    {
        _phone.Invite();
        Assert.Equal("200 487", _phone.Cancel());
        _bench.Answer();
        _bench.Call.HangUp();
        Assert.Equal("", _phone.Look());
        Assert.Equal("ended Cancelled", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public void A_CANCEL_that_crosses_the_answer_changes_nothing()
    {
        _phone.Invite();
        _bench.Answer();
        Assert.Equal("200 200", _phone.Cancel());
        _phone.Ack();
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
    }

    [Fact]
    public void Hanging_up_before_the_ACK_ends_media_at_once_and_sends_BYE_after_it()
    {
        _phone.Invite();
        _bench.Answer();
        _phone.Look();
        _bench.Call.HangUp("Q.850;cause=16");
        Assert.Equal("answered, ended AgentHungUp", _bench.Events.ToString());
        Assert.Equal("", _phone.Look());
        Assert.Equal("BYE", _phone.Ack());
        Assert.Equal("Q.850;cause=16", _bench.LastSent().Headers.GetFirst("Reason"));
        Assert.Equal(1, _bench.OpenDialogs);
        _phone.Respond();
        AssertNothingLeft();
    }

    [Fact]
    public void Without_an_ACK_the_call_ends_after_64_T1()
    {
        _phone.Invite();
        _bench.Answer();
        _bench.Clock.Advance(TimeSpan.FromSeconds(31.9));
        Assert.Equal("answered", _bench.Events.ToString());
        _bench.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("answered, ended NoAck", _bench.Events.ToString());
        Assert.EndsWith("BYE", _phone.Look(), StringComparison.Ordinal);
        _phone.Respond(481);
        AssertNothingLeft();
    }

    [Fact]
    public void A_BYE_that_nobody_answers_is_given_up()
    {
        Phone.Connected(_bench);
        _bench.Call.HangUp();
        _bench.Clock.Advance(TimeSpan.FromSeconds(40));
        AssertNothingLeft();
    }

    [Fact]
    public void An_answer_that_cannot_be_sent_ends_the_call()
    {
        _phone.Invite();
        _bench.Wire.IsBroken = true;
        _bench.Answer();
        Assert.Equal("ended TransportFailed", _bench.Events.Told.Last());
        AssertNothingLeft();
    }

    [Fact]
    public void A_host_that_throws_costs_that_call_only()
    {
        _bench.WhenOffered = _ => throw new InvalidOperationException("a bug of the host");
        Assert.Equal("500", _phone.Invite());
        Assert.Equal(1, _bench.Events.Ends);
        AssertNothingLeft();
        _bench.WhenOffered = call => call.Reject(486);
        Assert.Equal("486", new Phone(_bench, "second@192.0.2.10").Invite());
    }

    [Fact]
    public async Task Hanging_up_all_waits_for_the_last_dialog_and_takes_no_new_call()
    {
        Phone.Connected(_bench);
        var all = _bench.HangUpAllAsync();
        Assert.False(all.IsCompleted);
        var bye = (SipRequest)_bench.LastSent();
        Assert.Equal("503", new Phone(_bench, "second@192.0.2.10").Invite().Split(' ')[^1]);
        _phone.Respond(bye);
        await all;
        await _bench.HangUpAllAsync();
        AssertNothingLeft();
    }

    [Fact]
    public void A_header_value_of_several_lines_is_refused_where_it_is_given()
    {
        _phone.Invite();
        Assert.Throws<ArgumentException>(() => _bench.Call.HangUp("x\r\nRoute: <sip:evil>"));
        Assert.Throws<ArgumentException>(() => _bench.Call.Reject(486, "a\nb"));
        Assert.Throws<ArgumentOutOfRangeException>(() => _bench.Call.Reject(200));
    }

    private void AssertNothingLeft()
    {
        Assert.Equal((0, 0), (_bench.OpenDialogs, _bench.Agent.DialogCount));
        Assert.Equal(0, _bench.Metrics.Active);
        Assert.True(_bench.AllPortsReturned());
    }
}
