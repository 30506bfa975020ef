using Telephony.Sdp;
using Telephony.Sip.Messages;
using Telephony.Tests.Sip.UserAgents;

namespace Telephony.Tests.Calls;

/// <summary>A caller whom we hold and take back by re-INVITE (RFC 3264 section 8.4; goal A24).</summary>
public sealed class HoldTests : IDisposable
{
    private readonly CallBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Hold_offers_sendonly_and_resume_sendrecv_each_with_a_new_version()
    {
        var phone = Phone.Connected(_bench);
        var before = phone.Heard!.Origin.Version;

        _bench.Call.Hold();
        var held = Offered();
        Answer(phone, "recvonly");
        _bench.Call.Resume();
        var resumed = Offered();
        Answer(phone, "sendrecv");

        Assert.Equal((MediaDirection.SendOnly, before + 1), (held.DirectionOf(held.Media[0]), held.Origin.Version));
        Assert.Equal((MediaDirection.SendRecv, before + 2), (resumed.DirectionOf(resumed.Media[0]), resumed.Origin.Version));
        Assert.Equal(phone.Heard.Media[0].Port, resumed.Media[0].Port);
        Assert.Equal(["answered", "acknowledged"], _bench.Events.Told);
    }

    [Fact]
    public void A_caller_that_offers_while_we_hold_it_is_told_so_again()
    {
        var phone = Phone.Connected(_bench);
        _bench.Call.Hold();
        Answer(phone, "recvonly");
        phone.Look();

        Assert.Equal("200", phone.Reinvite());
        Assert.Equal(MediaDirection.SendOnly, phone.Heard!.DirectionOf(phone.Heard.Media[0]));
        phone.Ack();
        Assert.Equal("200", phone.Reinvite(Phone.Offer + "|a=sendonly"));
        Assert.Equal(MediaDirection.Inactive, phone.Heard.DirectionOf(phone.Heard.Media[0]));
        Assert.Contains("held", _bench.Events.Told);
    }

    [Fact]
    public void Lines_that_were_refused_stay_in_their_places()
    {
        var phone = Phone.Connected(_bench, "m=video 5000 RTP/AVP 31|" + Phone.Offer);

        _bench.Call.Hold();

        Assert.Equal(["video 0", "audio True"], Offered().Media.Select(line => line.Type == "audio" ? $"audio {line.Port > 0}" : $"{line.Type} {line.Port}"));
        Assert.NotNull(phone.Heard);
    }

    [Fact]
    public void A_late_offer_of_ours_in_a_running_call_keeps_them_too()
    {
        var phone = Phone.Connected(_bench, "m=video 5000 RTP/AVP 31|" + Phone.Offer);

        Assert.Equal("200", phone.Reinvite(""));

        Assert.Equal(["video", "audio"], phone.Heard!.Media.Select(line => line.Type));
    }

    [Fact]
    public void Holding_twice_asks_once_and_a_call_that_is_over_is_not_held()
    {
        var phone = Phone.Connected(_bench);
        _bench.Call.Hold();
        _bench.Call.Hold();
        Assert.Equal("INVITE", phone.Look());

        Answer(phone, "recvonly");
        phone.Look();
        phone.Bye();
        _bench.Call.Resume();
        Assert.DoesNotContain("INVITE", phone.Look(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_hold_leaves_the_call_as_it_was_and_can_be_asked_again()
    {
        var phone = Phone.Connected(_bench);
        _bench.Call.Hold();
        phone.Respond((SipRequest)_bench.LastSent(), 488);
        phone.Look();

        Assert.Equal("200", phone.Reinvite());
        Assert.Equal(MediaDirection.SendRecv, phone.Heard!.DirectionOf(phone.Heard.Media[0]));
        phone.Ack();
        _bench.Call.Hold();
        Assert.Equal(MediaDirection.SendOnly, Offered().DirectionOf(Offered().Media[0]));
        Answer(phone, "recvonly");
        phone.Look();
        Assert.Equal("200", phone.Reinvite());
        Assert.Equal(MediaDirection.SendOnly, phone.Heard!.DirectionOf(phone.Heard.Media[0]));
        phone.Ack();

        Assert.Equal("200", phone.Info("application/dtmf-relay", "Signal=1"));
        Assert.Equal(0, _bench.Events.Ends);
    }

    [Theory]
    [InlineData(488)]
    [InlineData(500)]
    [InlineData(503)]
    public void A_refused_resume_is_asked_again_until_the_caller_is_taken_back(int refusal)
    {
        var phone = RefusesResume(refusal);
        _bench.Clock.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal("ACK INVITE", phone.Look());
        phone.Respond((SipRequest)_bench.LastSent(), refusal);
        _bench.Clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal("ACK", phone.Look());
        _bench.Clock.Advance(TimeSpan.FromSeconds(0.3));
        Assert.Equal(MediaDirection.SendRecv, Offered().DirectionOf(Offered().Media[0]));
        Answer(phone, "sendrecv");
        phone.Look();

        _bench.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("", phone.Look());
        Assert.Equal(0, _bench.Events.Ends);
    }

    [Fact]
    public void A_resume_whose_answer_cannot_be_used_is_asked_again()
    {
        var phone = Phone.Connected(_bench);
        _bench.Call.Hold();
        Answer(phone, "recvonly");
        _bench.Call.Resume();
        _bench.Receive(PeerScript.Response((SipRequest)_bench.LastSent(), 200, "Contact: <sip:caller@192.0.2.10:5070>\n", ""));
        phone.Look();

        _bench.Clock.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal("INVITE", phone.Look());
        Assert.Equal(MediaDirection.SendRecv, Offered().DirectionOf(Offered().Media[0]));
    }

    [Fact]
    public void A_caller_whose_side_refuses_every_resume_is_hung_up_on_instead_of_never_being_heard()
    {
        var phone = RefusesResume(488);
        foreach (var wait in (int[])[1, 2, 4, 8])
        {
            Assert.Equal(0, _bench.Events.Ends);
            _bench.Clock.Advance(TimeSpan.FromSeconds(wait + 0.1));
            phone.Respond(_bench.LastRequest(SipMethods.Invite), 488);
        }

        Assert.Equal("ended SessionLost", _bench.Events.Told.Last());
        Assert.Equal("SIP;cause=488;text=\"Still on hold\"", _bench.LastRequest(SipMethods.Bye).Headers.GetFirst("Reason"));
    }

    [Fact]
    public void A_caller_that_offers_between_two_resumes_is_taken_back_by_that()
    {
        var phone = RefusesResume(488);
        phone.Look();

        Assert.Equal("200", phone.Reinvite());
        Assert.Equal(MediaDirection.SendRecv, phone.Heard!.DirectionOf(phone.Heard.Media[0]));
        phone.Ack();
        _bench.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("", phone.Look());
        Assert.Equal(0, _bench.Events.Ends);
    }

    [Fact]
    public void A_caller_held_anew_between_two_resumes_stays_so()
    {
        var phone = RefusesResume(488);
        _bench.Call.Hold();
        Answer(phone, "recvonly");
        phone.Look();

        _bench.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("", phone.Look());
        Assert.Equal(0, _bench.Events.Ends);
    }

    [Fact]
    public void A_hold_that_met_the_callers_own_change_is_asked_again()
    {
        var phone = Phone.Connected(_bench);
        _bench.Call.Hold();
        phone.Respond((SipRequest)_bench.LastSent(), 491);
        phone.Look();
        _bench.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(MediaDirection.SendOnly, Offered().DirectionOf(Offered().Media[0]));
    }

    private Phone RefusesResume(int statusCode)
    {
        var phone = Phone.Connected(_bench);
        _bench.Call.Hold();
        Answer(phone, "recvonly");
        _bench.Call.Resume();
        phone.Look();
        phone.Respond((SipRequest)_bench.LastSent(), statusCode);
        return phone;
    }

    private SessionDescription Offered()
    {
        var reinvite = Assert.IsType<SipRequest>(_bench.LastSent());
        Assert.Equal(SipMethods.Invite, reinvite.Method);
        Assert.True(SdpParser.TryParse(reinvite.Body.Span, out var offer));
        return offer;
    }

    private void Answer(Phone phone, string direction)
    {
        var reinvite = Assert.IsType<SipRequest>(_bench.LastSent());
        var lines = Phone.Offer + "|a=" + direction;
        _bench.Receive(PeerScript.Response(reinvite, 200, "Contact: <sip:caller@192.0.2.10:5070>\n", Phone.Sdp(lines)));
        Assert.NotNull(phone);
    }
}
