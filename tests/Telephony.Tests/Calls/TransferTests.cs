using Telephony.Sip.Messages;

namespace Telephony.Tests.Calls;

/// <summary>Blind transfer by REFER: the wish, the caller's answer and reports, and everything that can cross it.</summary>
public sealed class TransferTests : IDisposable
{
    private const string Up = "answered, acknowledged, ";
    private readonly CallBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void REFER_goes_to_the_contact_and_names_the_number_at_the_callers_home()
    {
        Transferring(out var refer);

        Assert.Equal("REFER sip:caller@192.0.2.10:5070 SIP/2.0", refer.ToString());
        Assert.Equal("<sip:+49301234@192.0.2.10>", refer.Headers.GetFirst(HeaderNames.ReferTo));
        Assert.Equal("<sip:agent@198.51.100.5>", refer.Headers.GetFirst(HeaderNames.ReferredBy));
        Assert.Equal("<sip:agent@198.51.100.5:5060>", refer.Contact!.ToString());
        Assert.Equal("caller", refer.To.Tag);
        Assert.Equal(70, refer.MaxForwards);
    }

    [Fact]
    public void A_transfer_that_is_answered_ends_the_call_with_our_BYE()
    {
        var phone = Transferring(out var refer);
        phone.Respond(refer, 202);
        Assert.Equal("200", phone.Notify("SIP/2.0 100 Trying\n"));
        Assert.Equal("200", phone.Notify("SIP/2.0 180 Ringing\n"));
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());

        Assert.Equal("200 BYE", phone.Notify("SIP/2.0 200 OK\n"));

        phone.Respond();
        Assert.Equal(Up + "transfer Accepted 200, ended Transferred", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Theory]
    [InlineData(603)]
    [InlineData(405)]
    [InlineData(401)]
    [InlineData(302)]
    public void A_caller_that_refuses_stays_and_may_be_asked_again(int statusCode)
    {
        var phone = Transferring(out var refer);
        phone.Respond(refer, statusCode);
        Assert.Equal(Up + $"transfer Refused {statusCode}", _bench.Events.ToString());

        _bench.Call.Transfer("sip:other@example.com");
        Assert.Equal("REFER", phone.Look());
        Assert.Equal("<sip:other@example.com>", _bench.LastSent().Headers.GetFirst(HeaderNames.ReferTo));
        phone.Respond(202);
        phone.Notify("SIP/2.0 200 OK");
        Assert.Equal(Up + $"transfer Refused {statusCode}, transfer Accepted 200, ended Transferred", _bench.Events.ToString());
    }

    [Fact]
    public void A_party_that_does_not_answer_leaves_the_caller_with_us()
    {
        var phone = Transferring(out var refer);
        phone.Respond(refer, 202);
        Assert.Equal("200", phone.Notify("SIP/2.0 486 Busy Here"));
        Assert.Equal(Up + "transfer Failed 486", _bench.Events.ToString());
        Assert.Equal("481", phone.Notify("SIP/2.0 200 OK"));
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        phone.Bye();
        Assert.Equal(Up + "transfer Failed 486, ended CallerHungUp", _bench.Events.ToString());
    }

    [Fact]
    public void A_late_answer_to_a_settled_REFER_is_not_taken_for_the_next_one()
    {
        var phone = Transferring(out var first);
        phone.Notify("SIP/2.0 486 Busy Here");
        _bench.Call.Transfer("201");
        Assert.Equal("REFER", phone.Look());
        phone.Respond(first, 603);
        Assert.Equal(Up + "transfer Failed 486", _bench.Events.ToString());
        phone.Bye();
        Assert.Equal(Up + "transfer Failed 486, ended CallerHungUp", _bench.Events.ToString());
    }

    [Fact]
    public void A_caller_that_agrees_and_hangs_up_has_taken_over()
    {
        var phone = Transferring(out var refer);
        phone.Respond(refer, 202);
        Assert.Equal("200", phone.Bye());
        Assert.Equal(Up + "transfer Accepted 202, ended Transferred", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public void A_BYE_before_the_caller_agreed_is_an_ordinary_end()
    {
        var phone = Transferring(out var refer);
        phone.Respond(refer, 100);
        Assert.Equal("200", phone.Bye());
        phone.Respond(refer, 202);
        Assert.Equal(Up + "ended CallerHungUp", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public void The_report_may_overtake_the_answer_to_the_REFER()
    {
        var phone = Transferring(out var refer);
        Assert.Equal("200 BYE", phone.Notify("SIP/2.0 200 OK"));
        phone.Respond(refer, 202);
        Assert.Equal("", phone.Look());
        Assert.Equal(Up + "transfer Accepted 200, ended Transferred", _bench.Events.ToString());
    }

    [Fact]
    public void Without_a_result_the_wait_is_bounded()
    {
        var phone = Transferring(out var refer);
        phone.Respond(refer, 202);
        _bench.Clock.Advance(TimeSpan.FromSeconds(59.9));
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
        _bench.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(Up + "transfer TimedOut 408", _bench.Events.ToString());
    }

    [Fact]
    public void A_party_that_still_rings_is_waited_for_but_not_for_ever()
    {
        var phone = Transferring(out var refer);
        phone.Respond(refer, 202);
        for (var waited = 0; waited < 175; waited += 35)
        {
            Assert.Equal("200", phone.Notify("SIP/2.0 180 Ringing"));
            _bench.Clock.Advance(TimeSpan.FromSeconds(35));
        }
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
        phone.Notify("SIP/2.0 180 Ringing");
        _bench.Clock.Advance(TimeSpan.FromSeconds(5.1));
        Assert.Equal(Up + "transfer TimedOut 408", _bench.Events.ToString());
    }

    [Fact]
    public void A_party_that_answers_after_we_gave_up_has_the_caller_all_the_same()
    {
        var phone = Transferring(out var refer);
        phone.Respond(refer, 202);
        _bench.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("200", phone.Notify("SIP/2.0 180 Ringing"));
        Assert.Equal("200 BYE", phone.Notify("SIP/2.0 200 OK"));
        Assert.Equal(Up + "transfer TimedOut 408, transfer Accepted 200, ended Transferred", _bench.Events.ToString());
    }

    [Fact]
    public void A_refusal_after_we_gave_up_is_told_to_nobody()
    {
        var phone = Transferring(out var refer);
        phone.Respond(refer, 202);
        _bench.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("200", phone.Notify("SIP/2.0 486 Busy Here"));
        Assert.Equal("481", phone.Notify("SIP/2.0 200 OK"));
        phone.Bye();
        Assert.Equal(Up + "transfer TimedOut 408, ended CallerHungUp", _bench.Events.ToString());
    }

    [Fact]
    public void A_late_report_is_not_taken_for_the_next_REFER()
    {
        var phone = Transferring(out var first);
        phone.Respond(first, 202);
        _bench.Clock.Advance(TimeSpan.FromSeconds(61));
        _bench.Call.Transfer("201");
        phone.Look();
        phone.Respond(202);
        var headers = $"Event: refer;id={first.CSeq.Number}\nSubscription-State: terminated\nContent-Type: message/sipfrag\n";
        Assert.Equal("200", phone.Notify("SIP/2.0 486 Busy Here", headers));
        Assert.Equal(Up + "transfer TimedOut 408", _bench.Events.ToString());
        Assert.Equal("200 BYE", phone.Notify("SIP/2.0 200 OK"));
    }

    [Fact]
    public void A_REFER_that_nobody_answers_is_repeated_and_given_up()
    {
        var phone = Transferring(out _);
        _bench.Clock.Advance(TimeSpan.FromSeconds(31.9));
        Assert.Equal(10, phone.Look().Split("REFER").Length - 1);   // after the first: at 0.5, 1.5, 3.5, then every 4 s
        _bench.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(Up + "transfer TimedOut 408", _bench.Events.ToString());
    }

    [Fact]
    public void A_REFER_that_cannot_be_sent_is_told()
    {
        Phone.Connected(_bench);
        _bench.Wire.IsBroken = true;
        _bench.Call.Transfer("200");
        Assert.Equal(Up + "transfer Refused 503", _bench.Events.ToString());
    }

    [Fact]
    public void No_REFER_before_the_ACK_and_none_before_the_answer()
    {
        var phone = new Phone(_bench);
        phone.Invite();
        _bench.Call.Transfer("200");
        _bench.Answer();
        Assert.Equal("200", phone.Look());
        _bench.Call.Transfer("201");
        Assert.Equal("", phone.Look());
        Assert.Equal("REFER", phone.Ack());
        Assert.Equal("<sip:201@192.0.2.10>", _bench.LastSent().Headers.GetFirst(HeaderNames.ReferTo));
    }

    [Fact]
    public void An_ACK_that_never_comes_ends_the_call_without_a_REFER()
    {
        var phone = new Phone(_bench);
        phone.Invite();
        _bench.Answer();
        _bench.Call.Transfer("200");
        _bench.Clock.Advance(TimeSpan.FromSeconds(33));
        Assert.DoesNotContain("REFER", phone.Look(), StringComparison.Ordinal);
        Assert.Equal("answered, ended NoAck", _bench.Events.ToString());
    }

    [Fact]
    public void A_caller_on_hold_can_be_transferred()
    {
        var phone = Phone.Connected(_bench);
        phone.Reinvite("m=audio 4000 RTP/AVP 0|a=sendonly");
        phone.Ack();
        _bench.Call.Transfer("200");
        Assert.Equal("REFER", phone.Look());
        phone.Respond(202);
        Assert.Equal("200", phone.Reinvite("m=audio 4000 RTP/AVP 0|a=inactive"));
        phone.Ack();
        Assert.Equal("200 BYE", phone.Notify("SIP/2.0 200 OK"));
        Assert.Equal(Up + "held, transfer Accepted 200, ended Transferred", _bench.Events.ToString());
    }

    [Fact]
    public void A_second_wish_waits_for_the_first_and_one_after_the_end_does_nothing()
    {
        var phone = Transferring(out var refer);
        _bench.Call.Transfer("201");
        Assert.Equal("", phone.Look());
        phone.Respond(refer, 202);
        _bench.Call.Transfer("202");
        Assert.Equal("", phone.Look());
        phone.Bye();
        _bench.Call.Transfer("203");
        Assert.Equal("", phone.Look());
    }

    [Fact]
    public void Hanging_up_during_a_transfer_ends_both()
    {
        var phone = Transferring(out var refer);
        phone.Respond(refer, 202);
        _bench.Call.HangUp();
        Assert.Equal("BYE", phone.Look());
        var bye = (SipRequest)_bench.LastSent();
        Assert.Equal("481", phone.Notify("SIP/2.0 200 OK"));
        phone.Respond(bye);
        Assert.Equal(Up + "ended AgentHungUp", _bench.Events.ToString());
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        AssertNothingLeft();
    }

    [Fact]
    public void A_report_is_taken_for_the_REFER_it_names()
    {
        var phone = Transferring(out var refer);
        phone.Respond(refer, 202);
        const string Rest = "\nSubscription-State: active\nContent-Type: message/sipfrag\n";
        Assert.Equal("481", phone.Notify("SIP/2.0 200 OK", $"Event: refer;id={refer.CSeq.Number - 1}{Rest}"));
        Assert.Equal("200 BYE", phone.Notify("SIP/2.0 200 OK", $"o: Refer ; id={refer.CSeq.Number}{Rest}"));
    }

    [Theory]
    [InlineData("Event: presence\nContent-Type: message/sipfrag\n", "SIP/2.0 200 OK", "489")]
    [InlineData("Content-Type: message/sipfrag\n", "SIP/2.0 200 OK", "489")]
    [InlineData("Event: refer\nContent-Type: text/plain\n", "SIP/2.0 200 OK", "415")]
    [InlineData("Event: refer\nContent-Type: message/sipfrag\n", "taken", "400")]
    [InlineData("Event: refer\nSubscription-State: terminated;reason=noresource\n", "", "200")]
    public void A_report_that_says_nothing_changes_nothing(string headers, string body, string answer)
    {
        var phone = Transferring(out var refer);
        phone.Respond(refer, 202);
        Assert.Equal(answer, phone.Notify(body, headers));
        Assert.Equal(answer == "489" ? "refer" : null, _bench.LastSent().Headers.GetFirst(HeaderNames.AllowEvents));
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
        Assert.Equal("200 BYE", phone.Notify("SIP/2.0 200 OK"));
    }

    [Fact]
    public void NOTIFY_without_a_transfer_is_481()
    {
        var phone = Phone.Connected(_bench);
        Assert.Equal("481", phone.Notify("SIP/2.0 200 OK"));
        phone.Bye();
        Assert.Equal("481", phone.Notify("SIP/2.0 200 OK"));
    }

    [Fact]
    public void A_target_that_cannot_be_called_is_refused_where_it_is_given()
    {
        Phone.Connected(_bench);
        Assert.Throws<ArgumentException>(() => _bench.Call.Transfer("sip:a@b>\r\nRoute: <sip:evil"));
    }

    private Phone Transferring(out SipRequest refer)
    {
        var phone = Phone.Connected(_bench);
        _bench.Call.Transfer("+49 30 1234");
        Assert.Equal("REFER", phone.Look());
        refer = (SipRequest)_bench.LastSent();
        return phone;
    }

    private void AssertNothingLeft()
    {
        _bench.Clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal((0, 0, 0), (_bench.OpenDialogs, _bench.Agent.DialogCount, _bench.Agent.TransactionCount));
        Assert.True(_bench.AllPortsReturned());
    }
}
