using System.Net;
using Telephony.Calls;
using Telephony.Sip.Authentication;
using Telephony.Sip.Messages;
using Telephony.Tests.Sip.UserAgents;

namespace Telephony.Tests.Calls;

/// <summary>Calls of ours to users who are registered here: on the way that their phones registered by, all phones at once.</summary>
public sealed class UserCallTests : IDisposable
{
    private static readonly IPEndPoint Desk = new(IPAddress.Parse("203.0.113.7"), 41_000);
    private static readonly IPEndPoint Inside = new(IPAddress.Parse("192.168.1.5"), 5060);
    private static readonly IPEndPoint Mobile = new(IPAddress.Parse("203.0.113.8"), 42_000);

    // Nobody else may be called.
    private readonly CallBench _bench = new(new TelephonyOptions
    {
        PublicAddress = "198.51.100.5",
        Users = new Dictionary<string, UserOptions> { ["alice"] = new() { Password = PhoneScript.Password, Number = "4711" } },
    });

    public void Dispose() => _bench.Dispose();

    [Theory, InlineData("4711"), InlineData("sip:alice@voiceagent")]
    public void User_is_called_at_the_phone_by_the_way_it_registered(string target)
    {
        Register("desk", Desk, "<sip:alice@192.168.1.5:5060>");
        Assert.Equal(DialRefusal.None, _bench.Dial(target));

        var (invite, to) = Assert.Single(Invites());
        Assert.Equal("sip:alice@192.168.1.5:5060", invite.RequestUri.ToString());
        Assert.Equal(Desk, to);
        Assert.Equal("alice", _bench.Call.DialledNumber);
        Respond(invite, Desk, 200);
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());

        _bench.Call.HangUp();
        Assert.Equal((SipMethods.Bye, Desk), (Requests()[^1].Request.Method, Requests()[^1].To));
    }

    [Fact]
    public void User_without_a_phone_is_not_reachable_and_nobody_else_may_be_called()
    {
        Assert.Equal(DialRefusal.NoRoute, _bench.Dial("4711"));
        Assert.Equal(DialRefusal.NoTrunk, _bench.Dial("4712"));
        Assert.Equal(DialRefusal.NotAllowed, _bench.Dial("sip:alice@192.0.2.10"));
        Register("desk", Desk, "<sip:alice@192.168.1.5:5060>");
        Assert.Equal(DialRefusal.None, _bench.Dial("4711"));
    }

    [Fact]
    public void User_may_be_called_as_often_as_there_is_need()
    {
        Register("desk", Desk, "<sip:alice@192.168.1.5:5060>");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(DialRefusal.None, _bench.Dial("4711"));
            Respond(Invites()[^1].Request, Desk, 486);
        }
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void All_phones_ring_and_the_first_that_answers_has_the_call()
    {
        RegisterBoth();
        Assert.Equal(DialRefusal.None, _bench.Dial("4711"));
        var (desk, mobile) = (InviteTo(Desk), InviteTo(Mobile));
        Respond(desk, Desk, 180);
        Respond(mobile, Mobile, 180);
        Respond(mobile, Mobile, 200);

        Assert.Equal("ringing, answered, acknowledged", _bench.Events.ToString());
        Assert.Equal(["ACK", "CANCEL"], Requests().Where(sent => sent.Request.Method != SipMethods.Invite).Select(sent => sent.Request.Method).Order(StringComparer.Ordinal));
        Assert.Equal(Desk, Requests().Single(sent => sent.Request.Method == SipMethods.Cancel).To);
        Assert.Equal(Mobile, Requests().Single(sent => sent.Request.Method == SipMethods.Ack).To);

        Respond(desk, Desk, 487);
        Assert.Equal("ringing, answered, acknowledged", _bench.Events.ToString());
        Assert.Equal(1, _bench.OpenDialogs);
    }

    // One reaches us at our own address and the other by the public one: each is told where it can send its audio.
    [Theory, InlineData(true), InlineData(false)]
    public void Phones_inside_and_outside_ring_together_each_with_an_offer_of_its_own(bool answersInside)
    {
        Register("desk", Inside, "<sip:alice@192.168.1.5:5060>");
        Register("mobile", Mobile, "<sip:alice@10.0.0.9:5060>");
        Assert.Equal(DialRefusal.None, _bench.Dial("4711"));
        _bench.Answer();
        var (desk, mobile) = (InviteTo(Inside), InviteTo(Mobile));
        Assert.Contains("c=IN IP4 192.168.1.2\r", Text(desk), StringComparison.Ordinal);
        Assert.Contains("c=IN IP4 198.51.100.5\r", Text(mobile), StringComparison.Ordinal);
        Assert.Equal(2, _bench.Ports.Leases);

        Respond(answersInside ? desk : mobile, answersInside ? Inside : Mobile, 200);
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
        Assert.True(SpinWait.SpinUntil(() => _bench.Ports.Returns == 1, TimeSpan.FromSeconds(10)));
        _bench.Call.HangUp();
        Assert.True(_bench.AllPortsReturned());
    }

    [Fact]
    public void Phones_inside_and_outside_that_do_not_answer_leave_no_port_behind()
    {
        Register("desk", Inside, "<sip:alice@192.168.1.5:5060>");
        Register("mobile", Mobile, "<sip:alice@10.0.0.9:5060>");
        _bench.Dial("4711");
        Respond(InviteTo(Inside), Inside, 486);
        Respond(InviteTo(Mobile), Mobile, 480);
        Assert.Equal("ended Busy", _bench.Events.ToString());
        Assert.True(_bench.AllPortsReturned());
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void Phone_that_answers_too_late_is_hung_up_on()
    {
        RegisterBoth();
        _bench.Dial("4711");
        var (desk, mobile) = (InviteTo(Desk), InviteTo(Mobile));
        Respond(desk, Desk, 180);
        Respond(mobile, Mobile, 200);
        Respond(desk, Desk, 200);
        Assert.Equal([SipMethods.Ack, SipMethods.Bye], Requests().Where(sent => sent.To.Equals(Desk)).Select(sent => sent.Request.Method).TakeLast(2));
        Assert.Equal("ringing, answered, acknowledged", _bench.Events.ToString());
    }

    [Fact]
    public void One_phone_may_be_busy_while_the_other_rings()
    {
        RegisterBoth();
        _bench.Dial("4711");
        Respond(InviteTo(Desk), Desk, 486);
        Assert.Equal("", _bench.Events.ToString());
        Respond(InviteTo(Mobile), Mobile, 480);
        Assert.Equal("ended Busy", _bench.Events.ToString());
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void Who_declines_declines_on_all_phones()
    {
        RegisterBoth();
        _bench.Dial("4711");
        Respond(InviteTo(Mobile), Mobile, 180);
        Respond(InviteTo(Desk), Desk, 603);
        Assert.Equal("ringing, ended Declined", _bench.Events.ToString());
        Assert.Equal(Mobile, Requests().Single(sent => sent.Request.Method == SipMethods.Cancel).To);
        Respond(InviteTo(Mobile), Mobile, 487);
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void Call_that_is_given_up_stops_all_phones()
    {
        RegisterBoth();
        _bench.Dial("4711");
        Respond(InviteTo(Desk), Desk, 180);
        Respond(InviteTo(Mobile), Mobile, 180);
        _bench.Call.HangUp();
        Assert.Equal(2, Requests().Count(sent => sent.Request.Method == SipMethods.Cancel));
        Respond(InviteTo(Desk), Desk, 487);
        Respond(InviteTo(Mobile), Mobile, 487);
        Assert.Equal("ringing, ended GivenUp", _bench.Events.ToString());
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void Nobody_answers()
    {
        RegisterBoth();
        _bench.Dial("4711", ringSeconds: 20);
        Respond(InviteTo(Desk), Desk, 180);
        Respond(InviteTo(Mobile), Mobile, 180);
        _bench.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("ringing, ended NoAnswer", _bench.Events.ToString());
    }

    [Fact]
    public void Proxies_that_a_phone_registered_through_are_passed_again()
    {
        Register("desk", Desk, "<sip:alice@192.168.1.5:5060>", "Path: <sip:edge.example.com;lr>\n");
        _bench.Dial("4711");
        Assert.Equal("<sip:edge.example.com;lr>", InviteTo(Desk).Headers.GetFirst(HeaderNames.Route));
    }

    private void RegisterBoth()
    {
        Register("desk", Desk, "<sip:alice@192.168.1.5:5060>");
        Register("mobile", Mobile, "<sip:alice@10.0.0.9:5060>");
    }

    private void Register(string callId, IPEndPoint address, string contact, string headers = "") =>
        Assert.Equal(200, new PhoneScript(Exchange) { CallId = callId, Address = address }.Register(headers, contact).StatusCode);

    private SipResponse Exchange(string text, IPEndPoint from)
    {
        _bench.Receive(text, from, OurAddressFor(from));
        return Assert.IsType<SipResponse>(_bench.LastSent());
    }

    private void Respond(SipRequest invite, IPEndPoint from, int statusCode) => _bench.Receive(
        $"""
        SIP/2.0 {statusCode} Whatever
        Via: {invite.Headers.GetFirst(HeaderNames.Via)}
        From: {invite.From}
        To: {invite.To};tag=phone{from.Port}
        Call-ID: {invite.CallId}
        CSeq: {invite.CSeq}
        Contact: <{invite.RequestUri}>

        """.ReplaceLineEndings("\n") + (statusCode == 200 ? "Content-Type: application/sdp\n\n" + Phone.Sdp(Callee.Answer) : "\n"), from, OurAddressFor(from));

    private static IPAddress? OurAddressFor(IPEndPoint phone) => phone.Equals(Inside) ? IPAddress.Parse("192.168.1.2") : null;

    private static string Text(SipRequest invite) => System.Text.Encoding.UTF8.GetString(invite.Body.Span);

    private SipRequest InviteTo(IPEndPoint phone) => Invites().Single(sent => sent.To.Equals(phone)).Request;

    private List<(SipRequest Request, IPEndPoint To)> Invites() => [.. Requests().Where(sent => sent.Request.Method == SipMethods.Invite)];

    private List<(SipRequest Request, IPEndPoint To)> Requests() => [.. _bench.Wire.Sent
        .Select(sent => (SipParser.Parse(System.Text.Encoding.UTF8.GetBytes(sent.Text)).Message as SipRequest, sent.To))
        .Where(sent => sent.Item1 is not null)
        .Select(sent => (sent.Item1!, sent.To))];
}
