using System.Text;
using Telephony.Calls;
using Telephony.Sip.Messages;
using Telephony.Trunks;

namespace Telephony.Tests.Calls;

/// <summary>A5, A24, A25: a REFER within a call has somebody else called in the peer's place, where the policy and <c>Telephony:Outbound</c> let it, and the call goes on with them.</summary>
public sealed class InboundReferTests : IDisposable
{
    private const string Carol = "<sip:carol@192.0.2.10:5070>";

    private readonly CallBench _bench = new(Options());

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Call_goes_on_with_whom_the_REFER_names_and_the_peer_is_told_how_it_goes()
    {
        var human = Phone.Connected(_bench);
        var callee = new Callee(_bench);
        Assert.Equal("202 NOTIFY INVITE", Refer(human, Carol));
        Look(callee);
        Assert.Equal("sip:carol@192.0.2.10:5070", callee.Invite.RequestUri.ToString());
        AssertNotify("SIP/2.0 100 Trying\r\n", "active;expires=180");

        human.Respond(_bench.LastRequest("NOTIFY"));
        Assert.Equal("NOTIFY", callee.Respond(180));
        AssertNotify("SIP/2.0 180 Ringing\r\n", "active;expires=180");
        human.Respond(_bench.LastRequest("NOTIFY"));

        Assert.Equal("ACK NOTIFY", callee.Respond(200, sdp: Callee.Answer));
        AssertNotify("SIP/2.0 200 OK\r\n", "terminated;reason=noresource");
        human.Respond(_bench.LastRequest("NOTIFY"));
        Assert.Equal("answered, acknowledged, handed over", _bench.Events.ToString());
        Assert.Equal("200", human.Bye());
        Assert.Equal("answered, acknowledged, handed over", _bench.Events.ToString());

        Assert.Equal("200", callee.Request("BYE"));
        Assert.Equal("answered, acknowledged, handed over, ended CallerHungUp", _bench.Events.ToString());
        Assert.Equal(0, _bench.OpenDialogs);
        Assert.Equal(0, _bench.Agent.DialogCount);
        Assert.True(_bench.AllPortsReturned());
    }

    [Fact]
    public void New_party_is_the_number_that_was_called_and_nothing_vouches_for_it()
    {
        Connect(Phone.Connected(_bench));
        Assert.Equal("carol", _bench.Call.CallerNumber);
        Assert.Equal("sip:carol@192.0.2.10:5070", _bench.Call.From);
        Assert.False(_bench.Call.IsCallerVerified);
        Assert.False(_bench.Call.IsOutbound);
        Assert.Equal("agent", _bench.Call.DialledNumber);
    }

    [Fact]
    public void Peer_that_does_not_hang_up_afterwards_is_hung_up_on()
    {
        var human = Phone.Connected(_bench);
        Connect(human);
        _bench.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.DoesNotContain("BYE", human.Look(), StringComparison.Ordinal);
        _bench.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("BYE", human.Look(), StringComparison.Ordinal);
        Assert.Equal(human.Script.CallId, _bench.LastRequest("BYE").CallId);
        Assert.Equal("answered, acknowledged, handed over", _bench.Events.ToString());
    }

    [Fact]
    public void Peer_that_has_handed_its_call_away_neither_hands_it_on_nor_takes_it_back()
    {
        var human = Phone.Connected(_bench);
        Connect(human);
        _bench.TakeSent();
        Assert.Equal("603", human.Refer("<sip:dave@192.0.2.10:5070>"));
        Assert.Equal("481", new Phone(_bench, "call-2@192.0.2.10").Replace(human));
        Assert.Equal("answered, acknowledged, handed over", _bench.Events.ToString());
        Assert.Equal("200", human.Bye());
        Assert.Equal(1, _bench.OpenDialogs);
    }

    [Fact]
    public void Peer_that_hangs_up_while_it_rings_leaves_the_call_to_whom_it_named()
    {
        var human = Phone.Connected(_bench);
        var callee = new Callee(_bench);
        Refer(human, Carol);
        Look(callee);
        Assert.Equal("200", human.Bye());
        Assert.Equal("answered, acknowledged, held", _bench.Events.ToString());
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer));
        Assert.Equal("answered, acknowledged, held, resumed, handed over", _bench.Events.ToString());

        _bench.Call.HangUp();
        Assert.Equal("BYE", callee.Look());
        callee.RespondTo("BYE");
        Assert.EndsWith("ended AgentHungUp", _bench.Events.ToString(), StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public void Peer_that_hung_up_before_the_other_party_refused_has_ended_the_call()
    {
        var human = Phone.Connected(_bench);
        var callee = new Callee(_bench);
        Refer(human, Carol);
        Look(callee);
        human.Bye();
        Assert.Equal("ACK", callee.Respond(486));
        Assert.Equal("answered, acknowledged, held, ended CallerHungUp", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public void Host_that_hangs_up_while_nobody_is_there_gives_the_other_party_up()
    {
        var human = Phone.Connected(_bench);
        var callee = new Callee(_bench);
        Refer(human, Carol);
        Look(callee);
        callee.Respond(180);
        human.Bye();
        _bench.Call.HangUp();
        Assert.Equal("CANCEL", callee.Look());
        callee.RespondTo("CANCEL");
        callee.Respond(487);
        Assert.EndsWith("ended AgentHungUp", _bench.Events.ToString(), StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Theory]
    [InlineData(486, "486 Whatever")]
    [InlineData(603, "603 Whatever")]
    public void Party_that_refuses_leaves_the_peer_with_the_agent(int statusCode, string told)
    {
        var human = Phone.Connected(_bench);
        var callee = new Callee(_bench);
        Refer(human, Carol);
        Look(callee);
        human.Respond(_bench.LastRequest("NOTIFY"));
        Assert.Equal("ACK NOTIFY", callee.Respond(statusCode));
        AssertNotify($"SIP/2.0 {told}\r\n", "terminated;reason=noresource");
        human.Respond(_bench.LastRequest("NOTIFY"));
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());

        Assert.Equal("202 NOTIFY INVITE", Refer(human, Carol));   // and may try again
        Assert.StartsWith("refer;id=", _bench.LastRequest("NOTIFY").Headers.GetFirst(HeaderNames.Event), StringComparison.Ordinal);
    }

    [Fact]
    public void Party_that_never_answers_is_given_up_and_the_peer_stays()
    {
        var human = Phone.Connected(_bench);
        Refer(human, Carol);
        human.Respond(_bench.LastRequest("NOTIFY"));
        _bench.Clock.Advance(TimeSpan.FromSeconds(46));
        AssertNotify("SIP/2.0 408 Failed\r\n", "terminated;reason=noresource", any: true);
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
    }

    [Fact]
    public void Replaces_in_Refer_To_goes_into_the_INVITE_and_nothing_else_does()
    {
        var human = Phone.Connected(_bench);
        var callee = new Callee(_bench);
        Refer(human, "<sip:carol@192.0.2.10:5070?Replaces=abc%40host%3Bto-tag%3D1%3Bfrom-tag%3D2&Require=replaces&Route=%3Csip:evil.example%3E&Subject=hi>",
            "Referred-By: <sip:human@192.0.2.10>;cid=\"x\"\n");
        Look(callee);
        Assert.Equal("abc@host;to-tag=1;from-tag=2", callee.Invite.Headers.GetFirst(HeaderNames.Replaces));
        Assert.Equal("replaces", callee.Invite.Headers.GetFirst(HeaderNames.Require));
        Assert.Equal("<sip:human@192.0.2.10>", callee.Invite.Headers.GetFirst(HeaderNames.ReferredBy));
        Assert.False(callee.Invite.Headers.Contains(HeaderNames.Route));
        Assert.False(callee.Invite.Headers.Contains(HeaderNames.Subject));
    }

    [Theory]
    [InlineData("Refer-To: <sip:carol@203.0.113.9>\n", "603")]                      // nobody whom we may call
    [InlineData("Refer-To: <tel:+19005551234>\n", "603")]
    [InlineData("Refer-To: <sip:carol@192.0.2.10:5070;method=BYE>\n", "603")]
    [InlineData("Refer-To: <mailto:carol@example.com>\n", "603")]
    [InlineData("", "400")]
    [InlineData("Refer-To: <>\n", "400")]
    [InlineData("Refer-To: <sip:carol@192.0.2.10:5070>, <sip:dave@192.0.2.10:5070>\n", "400")]
    [InlineData("Refer-To: <sip:carol@192.0.2.10:5070>\nr: <sip:dave@192.0.2.10:5070>\n", "400")]
    [InlineData("Refer-To: <sip:carol@192.0.2.10:5070?Replaces=abc>\n", "400")]
    [InlineData("Refer-To: <sip:carol@192.0.2.10:5070?Replaces=a%0D%0AEvil%3A1%3Bto-tag%3D1%3Bfrom-tag%3D2>\n", "400")]
    [InlineData("Refer-To: <sip:carol@192.0.2.10:5070?Replaces=a%3Bto-tag%3D1%0D%0AEvil%3A1%3Bfrom-tag%3D2>\n", "400")]
    public void Nobody_is_called_for_what_may_not_or_cannot_be_done(string headers, string answer)
    {
        var human = Phone.Connected(_bench);
        _bench.Receive(human.Script.InDialog("REFER", headers));
        Assert.Equal(answer, human.Look());
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
        Assert.Equal(1, _bench.OpenDialogs);
    }

    [Fact]
    public void Caps_of_our_calls_hold()
    {
        using var bench = new CallBench(Options(perNumber: 1));
        var human = Phone.Connected(bench);
        var callee = new Callee(bench);
        Refer(human, Carol);
        Look(callee, bench);
        human.Respond(bench.LastRequest("NOTIFY"));
        callee.Respond(486);
        Assert.Equal("603", human.Refer(Carol));
    }

    [Fact]
    public void Second_wish_waits_for_the_first()
    {
        var human = Phone.Connected(_bench);
        Refer(human, Carol);
        Assert.Equal("491", human.Refer("<sip:dave@192.0.2.10:5070>"));
    }

    [Fact]
    public void Peer_that_has_hung_up_is_told_nothing_more_though_another_wish_of_its_was_refused()
    {
        var human = Phone.Connected(_bench);
        var callee = new Callee(_bench);
        Refer(human, Carol);
        Look(callee);
        human.Respond(_bench.LastRequest("NOTIFY"));
        Assert.Equal("491", human.Refer("<sip:dave@192.0.2.10:5070>"));
        Assert.Equal("200", human.Bye());
        Assert.Equal("", callee.Respond(180));
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer));
    }

    [Fact]
    public void Wish_that_crosses_one_of_ours_is_refused_for_now()
    {
        var human = Phone.Connected(_bench);
        _bench.Call.Transfer("201");
        human.Look();
        Assert.Equal("491", human.Refer(Carol));
    }

    // RFC 4488.
    [Fact]
    public void Peer_that_wants_no_reports_gets_none()
    {
        var human = Phone.Connected(_bench);
        Assert.Equal("202 INVITE", Refer(human, Carol, "Refer-Sub: false\nSupported: norefersub\n"));
        Assert.Equal("false", _bench.LastResponse().Headers.GetFirst("Refer-Sub"));
    }

    [Fact]
    public void Peer_that_does_not_want_to_know_hears_no_more_and_the_call_goes_on_all_the_same()
    {
        var human = Phone.Connected(_bench);
        var callee = new Callee(_bench);
        Refer(human, Carol);
        Look(callee);
        human.Respond(_bench.LastRequest("NOTIFY"), 481);
        Assert.Equal("", callee.Respond(180));
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer));
        Assert.EndsWith("handed over", _bench.Events.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReferPolicy.Refuse, null, "405")]
    [InlineData(ReferPolicy.Allow, null, "202 NOTIFY INVITE")]
    [InlineData(ReferPolicy.Allow, ReferPolicy.Refuse, "405")]
    [InlineData(ReferPolicy.Refuse, ReferPolicy.Allow, "202 NOTIFY INVITE")]
    public void Trunk_may_say_otherwise_and_Allow_says_what_holds(ReferPolicy policy, ReferPolicy? ofTrunk, string answer)
    {
        using var bench = new CallBench(Options(policy, ofTrunk));
        var human = new Phone(bench);
        human.Invite();
        bench.Answer();
        var allowed = ((SipResponse)bench.LastSent()).Headers.GetValues(HeaderNames.Allow);
        Assert.Equal(answer != "405", allowed.Contains("REFER"));
        human.Look();
        human.Ack();
        Assert.Equal(answer, Refer(human, Carol));
    }

    [Fact]
    public void Stranger_has_us_call_nobody()
    {
        using var bench = new CallBench(Options(isTrunk: false));
        var stranger = new Phone(bench);
        stranger.Invite();
        bench.Answer();
        Assert.DoesNotContain("REFER", bench.LastResponse().Headers.GetValues(HeaderNames.Allow));
        stranger.Look();
        stranger.Ack();
        Assert.Equal("405", Refer(stranger, Carol));
    }

    [Theory]
    [InlineData(true, "202 NOTIFY INVITE")]
    [InlineData(false, "405")]
    public void Callee_has_us_call_somebody_unless_the_host_says_otherwise(bool mayRefer, string answer)
    {
        Assert.Equal(DialRefusal.None, _bench.Dial(mayRefer: mayRefer));
        var callee = new Callee(_bench);
        callee.Look();
        Assert.Equal(mayRefer, callee.Invite.Headers.GetValues(HeaderNames.Allow).Contains("REFER"));
        _bench.Answer();
        callee.Respond(200, sdp: Callee.Answer);
        Assert.Equal(answer, callee.Request("REFER", headers: $"Refer-To: {Carol}\n"));
    }

    [Fact]
    public void REFER_outside_a_call_is_not_taken()
    {
        _bench.Receive(new Phone(_bench).Script.InDialog("REFER", $"Refer-To: {Carol}\n"));
        Assert.Equal(405, ((SipResponse)_bench.LastSent()).StatusCode);
    }

    private static TelephonyOptions Options(ReferPolicy policy = ReferPolicy.Allow, ReferPolicy? ofTrunk = null, bool isTrunk = true, int perNumber = 100, string allow = "*@192.0.2.10:*") => new()
    {
        PublicAddress = "198.51.100.5",
        InboundRefer = policy,
        Outbound = new() { Allow = [allow], MaxCallsPerHour = 1_000, MaxCallsPerNumberPerHour = perNumber },
        Trunks = isTrunk ? new() { ["pbx"] = new TrunkOptions { Addresses = ["192.0.2.10"], InboundRefer = ofTrunk } } : [],
    };

    private static string Refer(Phone phone, string to, string headers = "") => phone.ReferWith($"Refer-To: {to}\n{headers}");

    private void Look(Callee callee, CallBench? bench = null) => callee.Take((bench ?? _bench).LastRequest("INVITE"));

    /// <summary>The other party answers, and all is told.</summary>
    private void Connect(Phone human)
    {
        var callee = new Callee(_bench);
        Refer(human, Carol);
        Look(callee);
        human.Respond(_bench.LastRequest("NOTIFY"));
        callee.Respond(200, sdp: Callee.Answer);
        human.Respond(_bench.LastRequest("NOTIFY"));
    }

    private void AssertNotify(string body, string state, bool any = false)
    {
        var notify = _bench.LastRequest("NOTIFY");
        if (!any)
            Assert.Equal(body, Encoding.UTF8.GetString(notify.Body.Span));
        Assert.Equal(state, notify.Headers.GetFirst(HeaderNames.SubscriptionState));
        Assert.StartsWith("refer", notify.Headers.GetFirst(HeaderNames.Event), StringComparison.Ordinal);
        Assert.StartsWith("message/sipfrag", notify.ContentType, StringComparison.Ordinal);
    }

    private void AssertNothingLeft()
    {
        Assert.Equal(0, _bench.OpenDialogs);
        Assert.Equal(0, _bench.Agent.DialogCount);
        Assert.True(_bench.AllPortsReturned());
    }
}
