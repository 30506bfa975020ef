using System.Net;
using Telephony.Sip.Messages;
using Telephony.Trunks;

namespace Telephony.Tests.Calls;

/// <summary>RFC 3891: an INVITE with Replaces takes the place of a running call, which goes on with whoever sent it (A24, A25).</summary>
public sealed class ReplacesTests : IDisposable
{
    private static readonly IPEndPoint OtherPhone = new(IPAddress.Parse("192.0.2.11"), 5070);
    private static readonly IPEndPoint Stranger = new(IPAddress.Parse("203.0.113.9"), 5070);

    private readonly CallBench _bench = new(Pbx());

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Other_phone_of_the_trunk_takes_the_place_of_the_caller()
    {
        var human = Phone.Connected(_bench);
        var customer = new Phone(_bench, "call-2@192.0.2.11");
        customer.Script.FromTag = "customer";

        Assert.Equal("200 BYE", customer.Replace(human));
        Assert.Equal(human.Script.CallId, _bench.LastRequest("BYE").CallId);
        human.Respond();
        Assert.Equal("answered, acknowledged, handed over", _bench.Events.ToString());
        Assert.Equal("", customer.Ack());
        Assert.Equal(1, _bench.OpenDialogs);
        Assert.Single(_bench.Offered);

        Assert.Equal("200", customer.Bye());
        Assert.Equal("answered, acknowledged, handed over, acknowledged, ended CallerHungUp", _bench.Events.ToString());
        Assert.Equal(0, _bench.Agent.DialogCount);
        Assert.True(_bench.AllPortsReturned());
    }

    [Fact]
    public void Call_says_who_is_at_the_other_end_now_and_trusts_nothing_of_before()
    {
        using var bench = new CallBench(new TelephonyOptions { Trunks = new() { ["pbx"] = new TrunkOptions { Addresses = ["192.0.2.0/24"], TrustIdentity = true } } });
        var human = new Phone(bench);
        human.Script.Extra = "P-Asserted-Identity: <sip:+49301111@192.0.2.10>\n";
        human.Invite();
        bench.Answer();
        human.Look();
        human.Ack();
        Assert.True(bench.Call.IsCallerVerified);
        var id = bench.Call.CallId;

        new Phone(bench, "call-2@192.0.2.11").Replace(human);
        Assert.Equal(id, bench.Call.CallId);
        Assert.Equal("call-2@192.0.2.11", bench.Call.SipCallId);
        Assert.Equal("caller", bench.Call.CallerNumber);
        Assert.False(bench.Call.IsCallerVerified);
        Assert.Equal("agent", bench.Call.DialledNumber);
    }

    [Fact]
    public void Commands_reach_the_leg_that_the_call_runs_on()
    {
        var human = Phone.Connected(_bench);
        var customer = new Phone(_bench, "call-2@192.0.2.11");
        customer.Replace(human);
        human.Respond();
        customer.Ack();
        customer.Look();

        _bench.Call.HangUp();
        Assert.Equal("BYE", customer.Look());
        Assert.Equal("call-2@192.0.2.11", _bench.LastRequest("BYE").CallId);
        customer.Respond();
        Assert.EndsWith("ended AgentHungUp", _bench.Events.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void Caller_who_held_us_before_the_transfer_holds_us_no_more()
    {
        var human = Phone.Connected(_bench);
        human.Reinvite(Phone.Offer + "|a=sendonly");
        human.Ack();
        new Phone(_bench, "call-2@192.0.2.11").Replace(human);
        Assert.Equal("answered, acknowledged, held, resumed, handed over", _bench.Events.ToString());
    }

    [Fact]
    public void Late_offer_is_answered_in_the_ACK()
    {
        var human = Phone.Connected(_bench);
        var customer = new Phone(_bench, "call-2@192.0.2.11");
        Assert.Equal("200 BYE", customer.Replace(human, lines: ""));
        Assert.Equal("", customer.Ack(Callee.Answer));
        Assert.Equal("200", customer.Bye());
    }

    [Fact]
    public void Transfer_of_ours_that_is_open_has_failed()
    {
        var human = Phone.Connected(_bench);
        _bench.Call.Transfer("201");
        human.Respond(202);
        new Phone(_bench, "call-2@192.0.2.11").Replace(human);
        Assert.Equal("answered, acknowledged, transfer Failed 487, handed over", _bench.Events.ToString());
    }

    [Theory]
    [InlineData("no-such-call@192.0.2.10;to-tag=a;from-tag=b", "481")]
    [InlineData("{0};to-tag={1}", "400")]
    [InlineData("{0};from-tag={2}", "400")]
    [InlineData("{0}", "400")]
    [InlineData("", "400")]
    [InlineData(";to-tag=a;from-tag=b", "400")]
    [InlineData("{0};to-tag={2};from-tag={1}", "481")]
    [InlineData("{0};to-tag={1};from-tag={2};early-only", "486")]
    [InlineData("{0};to-tag={1};from-tag={2}, {0};to-tag={1};from-tag={2}", "400")]
    [InlineData("{0};to-tag={1};from-tag={2}\nReplaces: {0};to-tag={1};from-tag={2}", "400")]
    public void What_names_no_call_that_may_be_taken_leaves_all_as_it_was(string value, string answer)
    {
        var human = Phone.Connected(_bench);
        var header = string.Format(System.Globalization.CultureInfo.InvariantCulture, value, human.Script.CallId, human.Script.ToTag, human.Script.FromTag);
        Assert.Equal(answer, new Phone(_bench, "call-2@192.0.2.11").InviteWith($"Replaces: {header}\n"));
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
        Assert.Equal("200", human.Info("application/dtmf-relay", "Signal=1\nDuration=100\n"));
    }

    [Fact]
    public void Call_that_has_ended_is_declined()
    {
        var human = Phone.Connected(_bench);
        human.Bye();
        Assert.Equal("603", new Phone(_bench, "call-2@192.0.2.11").Replace(human));
    }

    [Fact]
    public void Call_that_hangs_up_is_declined()
    {
        var human = Phone.Connected(_bench);
        _bench.Call.HangUp();
        human.Look();
        Assert.Equal("603", new Phone(_bench, "call-2@192.0.2.11").Replace(human));
    }

    [Fact]
    public void Call_that_rings_here_is_not_picked_up_by_its_callers_friend()
    {
        var human = new Phone(_bench);
        human.Invite();
        _bench.Call.Ring();
        human.Look();
        Assert.Equal("481", new Phone(_bench, "call-2@192.0.2.11").Replace(human));
    }

    [Fact]
    public void Nobody_takes_a_call_across_trunks()
    {
        var human = Phone.Connected(_bench);
        var thief = new Phone(_bench, "call-2@203.0.113.9");
        Assert.Equal("481", thief.Replace(human, from: Stranger));
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
        Assert.Equal("200", new Phone(_bench, "call-3@192.0.2.11").Replace(human, from: OtherPhone)[..3]);
    }

    [Fact]
    public void Without_trunks_only_the_same_address_takes_a_call()
    {
        using var bench = new CallBench();
        var human = Phone.Connected(bench);
        Assert.Equal("481", new Phone(bench, "call-2@203.0.113.9").Replace(human, from: Stranger));
        Assert.Equal("200 BYE", new Phone(bench, "call-3@192.0.2.10").Replace(human));
    }

    [Fact]
    public void Media_that_cannot_be_used_leaves_the_call_as_it_was()
    {
        var human = Phone.Connected(_bench);
        Assert.Equal("488", new Phone(_bench, "call-2@192.0.2.11").Replace(human, lines: "m=audio 4000 RTP/AVP 96|a=rtpmap:96 X-NONE/8000"));
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
        Assert.Equal("200", human.Bye());
        Assert.True(_bench.AllPortsReturned());
    }

    // RFC 3891 section 3: a call of ours that still rings is picked up by somebody else, and no longer offered.
    [Fact]
    public void Call_of_ours_that_rings_is_picked_up()
    {
        using var bench = new CallBench(Callee.Options);
        var callee = Callee.Dialled(bench);
        bench.Call.Answer(new Silence(), new Silence());
        callee.Respond(180);
        var colleague = new Phone(bench, "call-2@192.0.2.10");
        Assert.Equal("200 CANCEL", colleague.InviteWith($"Replaces: {callee.Invite.CallId};to-tag={callee.Invite.From.Tag};from-tag=bob\n"));
        Assert.Equal("ringing, answered, handed over", bench.Events.ToString());
        callee.RespondTo("CANCEL");
        Assert.Equal("ACK", callee.Respond(487));
        colleague.Ack();
        Assert.Equal("200", colleague.Bye());
        Assert.Equal("ringing, answered, handed over, acknowledged, ended CallerHungUp", bench.Events.ToString());
        Assert.Equal(0, bench.Agent.DialogCount);
        Assert.True(bench.AllPortsReturned());
    }

    [Fact]
    public void Full_trunk_lets_a_call_be_taken_over_since_it_is_none_more()
    {
        using var bench = new CallBench(Pbx(maxCalls: 1));
        var human = Phone.Connected(bench);
        bench.Availability = (503, null);
        Assert.Equal("200 BYE", new Phone(bench, "call-2@192.0.2.11").Replace(human));
    }

    [Fact]
    public void Header_outside_INVITE_is_refused()
    {
        var human = Phone.Connected(_bench);
        _bench.Receive(human.Script.InDialog("INFO", "Replaces: a;to-tag=b;from-tag=c\n"));
        Assert.Equal("400", human.Look());
    }

    [Fact]
    public void Extension_is_announced_and_may_be_required()
    {
        var phone = new Phone(_bench);
        phone.Script.Extra = "Require: replaces\n";
        phone.Invite();
        _bench.Answer();
        Assert.Contains("replaces", _bench.Wire.Sent.Last(sent => sent.Text.StartsWith("SIP/2.0 200", StringComparison.Ordinal)).Text.Split('\n').Single(line => line.StartsWith(HeaderNames.Supported, StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static TelephonyOptions Pbx(int maxCalls = 0) => new()
    {
        Trunks = new()
        {
            ["pbx"] = new TrunkOptions { Addresses = ["192.0.2.0/24"], MaxCalls = maxCalls },
            ["other"] = new TrunkOptions { Addresses = ["203.0.113.0/24"] },
        },
    };
}
