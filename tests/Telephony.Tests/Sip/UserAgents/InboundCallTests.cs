using System.Text;
using Telephony.Sip.Messages;
using Telephony.Sip.UserAgents;
using Telephony.Sip.Transport;
using Telephony.Tests.Sip.Transport;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>The plain flows of one inbound call, as text on the wire.</summary>
public sealed class InboundCallTests
{
    private static readonly byte[] Sdp = Encoding.UTF8.GetBytes(SipBench.Sdp);

    [Fact]
    public void Invite_is_answered_100_at_once_then_180_then_200_and_ends_with_the_callers_bye()
    {
        var bench = new SipBench();
        var peer = new PeerScript();

        bench.Receive(peer.Invite());
        Assert.Equal(["100 Trying"], bench.TakeStartLines());
        bench.Call!.Ring();
        Assert.Equal(["180 Ringing"], bench.TakeStartLines());
        bench.Call.Accept(Sdp);
        Assert.Equal(["200 OK"], bench.TakeStartLines());
        peer.Learn(bench.LastResponse());
        bench.Receive(peer.Ack());
        bench.Receive(peer.Bye("Reason: Q.850;cause=16\n"));

        Assert.Equal(["200 OK"], bench.TakeStartLines());
        Assert.Equal(["invite", "ack 0", "bye Q.850;cause=16"], bench.Events);
        Assert.Equal(0, bench.Agent.DialogCount);
        bench.Advance(64);
        Assert.Empty(bench.TakeSent());
        Assert.Equal(0, bench.Agent.TransactionCount);
        Assert.Equal(0, bench.Clock.ActiveTimers);
    }

    [Fact]
    public void Answer_carries_what_a_phone_needs()
    {
        var bench = new SipBench();
        var peer = new PeerScript { Extra = "Record-Route: <sip:proxy.example.com;lr>\n" };

        bench.Receive(peer.Invite());
        bench.Call!.Accept(Sdp);

        var answer = bench.LastResponse();
        Assert.Equal("<sip:agent@198.51.100.5:5060>", answer.Headers.GetFirst(HeaderNames.Contact));
        Assert.Equal("<sip:proxy.example.com;lr>", answer.Headers.GetFirst(HeaderNames.RecordRoute));
        Assert.Equal(Capabilities.Allow, answer.Headers.GetFirst(HeaderNames.Allow));
        Assert.Equal(Capabilities.Supported, answer.Headers.GetFirst(HeaderNames.Supported));
        Assert.Equal(Capabilities.Accept, answer.Headers.GetFirst(HeaderNames.Accept));
        Assert.Equal("VoiceAgent", answer.Headers.GetFirst(HeaderNames.Server));
        Assert.Equal("application/sdp", answer.ContentType);
        Assert.Equal(SipBench.Sdp, Encoding.UTF8.GetString(answer.Body.Span));
        Assert.NotNull(answer.To.Tag);
    }

    [Fact]
    public void Ringing_and_answer_carry_the_same_tag_and_100_none()
    {
        var bench = new SipBench();

        bench.Receive(new PeerScript().Invite());
        Assert.Null(bench.LastResponse().To.Tag);
        bench.Call!.Ring();
        var ringing = bench.LastResponse().To.Tag;
        bench.Call.Accept(Sdp);

        Assert.NotNull(ringing);
        Assert.Equal(ringing, bench.LastResponse().To.Tag);
    }

    [Fact]
    public void Repeated_invite_gets_the_last_response_and_makes_no_second_call()
    {
        var bench = new SipBench();
        var invite = new PeerScript().Invite();

        bench.Receive(invite);
        bench.Receive(invite);
        Assert.Equal(["100 Trying", "100 Trying"], bench.TakeStartLines());
        bench.Call!.Ring();
        bench.Receive(invite);
        Assert.Equal(["180 Ringing", "180 Ringing"], bench.TakeStartLines());
        bench.Call.Accept(Sdp);
        bench.TakeSent();
        bench.Receive(invite);

        Assert.Empty(bench.TakeSent());   // absorbed: the 200 is repeated by its own timer (RFC 6026)
        Assert.Equal(["invite"], bench.Events);
        Assert.Equal(1, bench.Agent.DialogCount);
    }

    [Fact]
    public void Copy_of_the_invite_that_outlived_its_transaction_makes_no_second_call()
    {
        var bench = new SipBench();
        var peer = new PeerScript();
        var invite = peer.Invite();
        bench.Receive(invite);
        bench.Call!.Accept(Sdp);
        peer.Learn(bench.LastResponse());
        bench.Receive(peer.Ack());
        bench.Advance(33);
        bench.TakeSent();

        bench.Receive(invite);

        Assert.Equal(["100 Trying", "482 Merged Request"], bench.TakeStartLines());
        Assert.Equal(["invite", "ack 0"], bench.Events);
    }

    [Fact]
    public void Late_offer_gets_our_offer_and_its_answer_comes_with_the_ack()
    {
        var bench = new SipBench();
        var peer = new PeerScript();

        bench.Receive(peer.Invite(body: ""));
        Assert.True(bench.Call!.Offer.IsEmpty);
        bench.Call.Accept(Sdp);
        peer.Learn(bench.LastResponse());
        bench.Receive(peer.Ack(SipBench.Sdp));

        Assert.Equal(["invite", $"ack {SipBench.Sdp.Length}"], bench.Events);
    }

    [Fact]
    public void Refusal_is_repeated_until_its_ack()
    {
        var bench = new SipBench();
        var peer = new PeerScript();
        bench.Receive(peer.Invite());
        bench.TakeSent();

        bench.Call!.Reject(486, headers: ("Retry-After", "5"));
        Assert.Equal("5", bench.LastResponse().Headers.GetFirst(HeaderNames.RetryAfter));
        bench.Advance(1.5);
        Assert.Equal(["486 Busy Here", "486 Busy Here", "486 Busy Here"], bench.TakeStartLines());
        bench.Receive(peer.AckOfRefusal(bench.LastResponse()));
        bench.Advance(32);

        Assert.Empty(bench.TakeSent());
        Assert.Equal(["invite"], bench.Events);
        Assert.Equal(0, bench.Agent.TransactionCount);
        Assert.Equal(0, bench.Agent.DialogCount);
    }

    [Fact]
    public void Ringing_is_repeated_every_minute_so_that_no_proxy_gives_up()
    {
        var bench = new SipBench();
        bench.Receive(new PeerScript().Invite());
        bench.Call!.Ring();
        bench.TakeSent();

        bench.Advance(121);

        Assert.Equal(["180 Ringing", "180 Ringing"], bench.TakeStartLines());
        bench.Call.Reject(480);
    }

    [Fact]
    public void Commands_that_come_too_late_do_nothing()
    {
        var bench = new SipBench();
        var peer = bench.Answered();

        bench.Call!.Ring();
        bench.Call.Accept(Sdp);
        bench.Call.Reject(486);
        bench.Receive(peer.Bye());
        bench.TakeSent();
        bench.Call.Bye();

        Assert.Empty(bench.TakeSent());
    }

    [Fact]
    public void Call_over_a_stream_is_answered_on_its_connection_and_holds_it()
    {
        var bench = new SipBench(SipProtocol.Tcp) { Connection = new FakeConnection() };
        var peer = bench.Answered(configure: script => script.Via = "SIP/2.0/TCP 192.0.2.10:5070");
        Assert.Equal(1, bench.Connection.Users);

        bench.Call!.Bye();

        Assert.StartsWith("BYE ", bench.TakeStartLines()[0], StringComparison.Ordinal);
        Assert.Equal("TCP", bench.LastRequest().TopVia.Transport);
        bench.Receive(PeerScript.Response(bench.LastRequest(), 200));
        Assert.Equal(["bye completed"], bench.Events);
        Assert.Equal(0, bench.Connection.Users);
        Assert.NotNull(peer);
    }

    [Fact]
    public void Contact_names_the_protocol_when_it_is_tcp()
    {
        var bench = new SipBench(SipProtocol.Tcp) { Connection = new FakeConnection() };

        bench.Receive(new PeerScript().Invite());
        bench.Call!.Ring();

        Assert.Equal("<sip:agent@198.51.100.5:5060;transport=tcp>", bench.LastResponse().Headers.GetFirst(HeaderNames.Contact));
    }

    [Fact]
    public void Peer_of_rfc_2543_without_branch_and_tag_is_served_to_the_end()
    {
        var bench = new SipBench();
        const string Head = "Via: SIP/2.0/UDP 192.0.2.10:5070\nFrom: <sip:old@192.0.2.10>\nCall-ID: old\nContact: <sip:old@192.0.2.10>\n";

        bench.Receive($"INVITE sip:agent@198.51.100.5 SIP/2.0\n{Head}To: <sip:agent@198.51.100.5>\nCSeq: 1 INVITE\n");
        bench.Receive($"INVITE sip:agent@198.51.100.5 SIP/2.0\n{Head}To: <sip:agent@198.51.100.5>\nCSeq: 1 INVITE\n");
        bench.Call!.Accept(Sdp);
        var tag = bench.LastResponse().To.Tag;
        bench.Receive($"ACK sip:agent@198.51.100.5 SIP/2.0\n{Head}To: <sip:agent@198.51.100.5>;tag={tag}\nCSeq: 1 ACK\n");
        bench.Receive($"BYE sip:agent@198.51.100.5 SIP/2.0\n{Head}To: <sip:agent@198.51.100.5>;tag={tag}\nCSeq: 2 BYE\n");

        Assert.Equal(["invite", "ack 0", "bye"], bench.Events);
        Assert.Equal("200 OK", bench.TakeStartLines()[^1]);
    }
}
