using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Changes within a call: re-INVITE, INFO, and their order (RFC 3261 sections 12.2.2 and 14.2).</summary>
public sealed class ReinviteTests
{
    private static readonly byte[] Sdp = Encoding.UTF8.GetBytes(SipBench.Sdp);

    [Fact]
    public void Reinvite_is_answered_and_its_ack_told()
    {
        var bench = new SipBench();
        var peer = bench.Answered();

        bench.Receive(peer.Reinvite());
        bench.Reinvite!.Accept(Sdp);
        Assert.Equal(["100 Trying", "200 OK"], bench.TakeStartLines());
        bench.Receive(peer.Ack());
        bench.Advance(40);

        Assert.Empty(bench.TakeSent());
        Assert.Equal(["reinvite", "reinvite ack 0"], bench.Events);
        Assert.Equal(1, bench.Agent.DialogCount);
    }

    [Fact]
    public void Late_offer_in_a_reinvite_gets_its_answer_in_the_ack()
    {
        var bench = new SipBench();
        var peer = bench.Answered();

        bench.Receive(peer.Reinvite(body: ""));
        Assert.True(bench.Reinvite!.Offer.IsEmpty);
        bench.Reinvite.Accept(Sdp);
        bench.Receive(peer.Ack(SipBench.Sdp));

        Assert.Equal(["reinvite", $"reinvite ack {SipBench.Sdp.Length}"], bench.Events);
    }

    [Fact]
    public void Refused_reinvite_leaves_the_call_standing()
    {
        var bench = new SipBench();
        var peer = bench.Answered();

        bench.Receive(peer.Reinvite());
        bench.Reinvite!.Reject(488);
        Assert.Equal(["100 Trying", "488 Not Acceptable Here"], bench.TakeStartLines());
        bench.Receive(peer.AckOfRefusal(bench.LastResponse()));
        bench.Receive(peer.Reinvite());
        bench.Reinvite.Accept(Sdp);

        Assert.Equal(["100 Trying", "200 OK"], bench.TakeStartLines());
    }

    [Fact]
    public void Second_reinvite_while_the_first_is_open_is_500_with_retry_after()
    {
        var bench = new SipBench();
        var peer = bench.Answered();
        bench.Receive(peer.Reinvite());
        bench.TakeSent();

        bench.Receive(peer.Reinvite());

        Assert.Equal(["100 Trying", "500 Another Request Pending"], bench.TakeStartLines());
        Assert.InRange(int.Parse(bench.LastResponse().Headers.GetFirst(HeaderNames.RetryAfter)!), 0, 10);
    }

    [Fact]
    public void Reinvite_before_the_first_answer_is_500_with_retry_after()
    {
        var bench = new SipBench();
        var peer = new PeerScript();
        bench.Receive(peer.Invite());
        bench.Call!.Ring();
        peer.Learn(bench.LastResponse());
        bench.TakeSent();

        bench.Receive(peer.Reinvite());

        Assert.Equal(["100 Trying", "500 Another Request Pending"], bench.TakeStartLines());
    }

    [Fact]
    public void Reinvite_while_our_own_offer_is_open_is_491()
    {
        var bench = new SipBench();
        var peer = new PeerScript();
        bench.Receive(peer.Invite(body: ""));
        bench.Call!.Accept(Sdp);
        peer.Learn(bench.LastResponse());
        bench.TakeSent();

        bench.Receive(peer.Reinvite());

        Assert.Equal(["100 Trying", "491 Request Pending"], bench.TakeStartLines());
    }

    [Fact]
    public void Reinvite_that_overtakes_the_ack_is_served()
    {
        var bench = new SipBench();
        var peer = bench.Answered(isAcked: false);

        bench.Receive(peer.Reinvite());
        bench.Reinvite!.Accept(Sdp);
        bench.Receive(peer.Ack(cseq: 2));
        bench.Receive(peer.Ack(cseq: 1));
        bench.Advance(40);

        Assert.Equal(["reinvite", "reinvite ack 0", "ack 0"], bench.Events);
    }

    [Fact]
    public void Answer_to_a_reinvite_without_ack_ends_the_call()
    {
        var bench = new SipBench();
        var peer = bench.Answered();
        bench.Receive(peer.Reinvite());
        bench.Reinvite!.Accept(Sdp);

        bench.Advance(33);

        Assert.Equal(["reinvite", "ack timeout"], bench.Events);
        Assert.Equal("BYE", bench.LastRequest().Method);
    }

    [Fact]
    public void Contact_of_an_accepted_reinvite_is_the_new_target_and_of_a_refused_one_is_not()
    {
        var bench = new SipBench();
        var peer = bench.Answered();
        peer.Contact = "<sip:elsewhere@192.0.2.99:5099>";
        bench.Receive(peer.Reinvite());
        bench.Reinvite!.Reject(488);
        bench.Receive(peer.AckOfRefusal(bench.LastResponse()));
        peer.Contact = "<sip:moved@192.0.2.77:5077>";
        bench.Receive(peer.Reinvite());
        bench.Reinvite.Accept(Sdp);
        bench.Receive(peer.Ack());

        bench.Call!.Bye();

        Assert.Equal("sip:moved@192.0.2.77:5077", bench.LastRequest().RequestUri.ToString());
    }

    [Fact]
    public void Lower_or_repeated_sequence_number_is_500()
    {
        var bench = new SipBench();
        var peer = bench.Answered(configure: script => script.CSeq = 10);

        bench.Receive(peer.Request("INFO", "z9hG4bKlow", 9));
        bench.Receive(peer.Request("INFO", "z9hG4bKsame", 10));

        Assert.Equal(["500 CSeq Out Of Order", "500 CSeq Out Of Order"], bench.TakeStartLines());
        Assert.Empty(bench.Events);
    }

    [Fact]
    public void Info_gets_the_status_the_host_gives()
    {
        var bench = new SipBench();
        var peer = bench.Answered();

        bench.Receive(peer.InDialog("INFO", "Content-Type: application/dtmf-relay\n", "Signal=7\n"));
        bench.Receive(peer.InDialog("INFO", "Content-Type: text/plain\n", "hello"));

        Assert.Equal(["200 OK", "415 Unsupported Media Type"], bench.TakeStartLines());
        Assert.Equal(["info application/dtmf-relay", "info text/plain"], bench.Events);
    }

    [Fact]
    public void Repeated_info_is_told_once()
    {
        var bench = new SipBench();
        var peer = bench.Answered();
        var info = peer.InDialog("INFO", "Content-Type: application/dtmf-relay\n", "Signal=7\n");

        bench.Receive(info);
        bench.Receive(info);

        Assert.Equal(["200 OK", "200 OK"], bench.TakeStartLines());
        Assert.Single(bench.Events);
    }

    // RFC 3261 section 11.2: 200 within a dialog, even when there is no room for a new call; a gateway that asks whether the call stands hears that it does.
    [Theory]
    [InlineData(200)]
    [InlineData(486)]
    [InlineData(503)]
    public void Options_in_a_dialog_is_answered_200_there_whatever_a_new_call_would_get(int outside)
    {
        var bench = new SipBench();
        var peer = bench.Answered();
        bench.Options = (outside, outside == 503 ? "30" : null);

        bench.Receive(peer.InDialog("OPTIONS"));

        Assert.Equal(["200 OK"], bench.TakeStartLines());
        Assert.Equal(peer.ToTag, bench.LastResponse().To.Tag);
        Assert.False(bench.LastResponse().Headers.Contains(HeaderNames.RetryAfter));
    }
}
