using System.Text;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>CANCEL, before and after the answer (RFC 3261 section 9.2, RFC 5407 section 3.1.1).</summary>
public sealed class CancelTests
{
    private static readonly byte[] Sdp = Encoding.UTF8.GetBytes(SipBench.Sdp);

    [Fact]
    public void Cancel_of_a_ringing_call_answers_both_transactions()
    {
        var bench = new SipBench();
        var peer = new PeerScript();
        bench.Receive(peer.Invite());
        bench.Call!.Ring();
        var tag = bench.LastResponse().To.Tag;
        bench.TakeSent();

        bench.Receive(peer.Cancel());

        var sent = bench.Wire.Sent.TakeLast(2).Select(message => message.Text).ToList();
        Assert.Equal(["200 OK", "487 Request Terminated"], bench.TakeStartLines());
        Assert.Contains("CSeq: 1 CANCEL", sent[0], StringComparison.Ordinal);
        Assert.Contains("CSeq: 1 INVITE", sent[1], StringComparison.Ordinal);
        Assert.All(sent, text => Assert.Contains($";tag={tag}", text, StringComparison.Ordinal));
        Assert.Equal(["invite", "cancelled"], bench.Events);
        bench.Receive(peer.AckOfRefusal(bench.LastResponse()));
        bench.Advance(64);
        Assert.Equal(0, bench.Agent.TransactionCount);
        Assert.Equal(0, bench.Agent.DialogCount);
    }

    [Fact]
    public void Cancel_that_crosses_the_200_is_answered_and_changes_nothing()
    {
        var bench = new SipBench();
        var peer = bench.Answered(isAcked: false);

        bench.Receive(peer.Request("CANCEL", peer.InviteBranch, 1).Replace($";tag={peer.ToTag}", "", StringComparison.Ordinal));
        Assert.Equal(["200 OK"], bench.TakeStartLines());
        Assert.Equal("CANCEL", bench.LastResponse().CSeq.Method);
        Assert.Equal(peer.ToTag, bench.LastResponse().To.Tag);
        bench.Receive(peer.Ack());
        bench.Receive(peer.Bye());

        Assert.Equal(["ack 0", "bye"], bench.Events);
    }

    [Fact]
    public void Answer_after_cancel_is_not_sent()
    {
        var bench = new SipBench();
        var peer = new PeerScript();
        bench.Receive(peer.Invite());
        bench.Receive(peer.Cancel());
        bench.TakeSent();

        bench.Call!.Accept(Sdp);
        bench.Call.Bye();

        Assert.Empty(bench.TakeSent());
        Assert.Equal(["invite", "cancelled"], bench.Events);
    }

    [Fact]
    public void Repeated_cancel_is_answered_again_and_told_once()
    {
        var bench = new SipBench();
        var peer = new PeerScript();
        bench.Receive(peer.Invite());
        var cancel = peer.Cancel();
        bench.Receive(cancel);
        bench.TakeSent();

        bench.Receive(cancel);

        Assert.Equal(["200 OK"], bench.TakeStartLines());
        Assert.Equal(["invite", "cancelled"], bench.Events);
    }

    [Fact]
    public void Cancel_of_nothing_is_481()
    {
        var bench = new SipBench();
        var peer = new PeerScript();
        peer.Invite();

        bench.Receive(peer.Cancel());

        Assert.Equal(["481 Call/Transaction Does Not Exist"], bench.TakeStartLines());
    }

    [Fact]
    public void Cancel_of_a_call_that_was_refused_is_200_and_nothing_else()
    {
        var bench = new SipBench();
        var peer = new PeerScript();
        bench.Receive(peer.Invite(headers: "Require: precondition\n"));
        bench.TakeSent();

        bench.Receive(peer.Cancel());

        Assert.Equal(["200 OK"], bench.TakeStartLines());
        Assert.Empty(bench.Events);
    }

    [Fact]
    public void Cancel_without_a_branch_finds_its_invite_by_the_rules_of_rfc_2543()
    {
        var bench = new SipBench();
        const string Head = "Via: SIP/2.0/UDP 192.0.2.10:5070\nFrom: <sip:old@192.0.2.10>\nTo: <sip:agent@198.51.100.5>\nCall-ID: old\n";

        bench.Receive($"INVITE sip:agent@198.51.100.5 SIP/2.0\n{Head}CSeq: 1 INVITE\nContact: <sip:old@192.0.2.10>\n");
        bench.Receive($"CANCEL sip:agent@198.51.100.5 SIP/2.0\n{Head}CSeq: 1 CANCEL\n");

        Assert.Equal(["100 Trying", "200 OK", "487 Request Terminated"], bench.TakeStartLines());
    }

    [Fact]
    public void Bye_in_an_early_dialog_ends_the_invite_with_487()
    {
        var bench = new SipBench();
        var peer = new PeerScript();
        bench.Receive(peer.Invite());
        bench.Call!.Ring();
        peer.Learn(bench.LastResponse());
        bench.TakeSent();

        bench.Receive(peer.Bye());

        Assert.Equal(["200 OK", "487 Request Terminated"], bench.TakeStartLines());
        Assert.Equal(["invite", "cancelled"], bench.Events);
    }

    [Fact]
    public void Cancel_of_a_reinvite_leaves_the_call_standing()
    {
        var bench = new SipBench();
        var peer = bench.Answered();
        bench.Receive(peer.Reinvite());

        bench.Receive(peer.Cancel());
        Assert.Equal(["100 Trying", "200 OK", "487 Request Terminated"], bench.TakeStartLines());
        bench.Reinvite!.Accept(Sdp);
        Assert.Empty(bench.TakeSent());

        bench.Receive(peer.AckOfRefusal(bench.LastResponse()));
        bench.Receive(peer.Bye());
        Assert.Equal(["reinvite", "bye"], bench.Events);
    }
}
