using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Goal A14: the races of RFC 5407, each under its section's number, with us as the callee or as the side that hangs up or changes the session.</summary>
public sealed class Rfc5407Tests
{
    private static readonly byte[] Sdp = Encoding.UTF8.GetBytes(SipBench.Sdp);

    private readonly SipBench _bench = new();
    private readonly PeerScript _peer = new();

    [Fact]
    public void Section_3_1_1_INVITE_repeated_when_the_200_is_on_its_way()
    {
        var invite = Answer();
        _bench.Receive(invite);
        _bench.Receive(invite);
        _bench.Receive(_peer.Ack());

        Assert.Equal(1, _bench.Events.Count(told => told == "invite"));
        Assert.Equal("ack 0", _bench.Events[^1]);
        Assert.Equal(1, _bench.Agent.DialogCount);
    }

    [Fact]
    public void Section_3_1_2_CANCEL_crosses_the_200()
    {
        Answer();
        Assert.Equal(["200 OK"], Sent(_peer.Cancel()));
        _bench.Receive(_peer.Ack());
        Assert.Equal(["200 OK"], Sent(_peer.Bye()));
        AssertOver("bye");
    }

    [Fact]
    public void Section_3_1_3_BYE_of_an_early_dialog_crosses_the_200()
    {
        _bench.Receive(_peer.Invite());
        _bench.Call!.Ring();
        _peer.Learn(_bench.LastResponse());
        var bye = _peer.InDialog("BYE");
        _bench.Call.Accept(Sdp);
        _bench.TakeSent();

        Assert.Equal(["200 OK"], Sent(bye));
        AssertOver("bye");
    }

    [Fact]
    public void Section_3_1_4_re_INVITE_overtakes_the_ACK()
    {
        Answer();
        _bench.Receive(_peer.Reinvite());
        _bench.Reinvite!.Accept(Sdp);
        _bench.Receive(_peer.Ack(cseq: 1));
        _bench.Receive(_peer.Ack());

        Assert.Equal(["ack 0", "reinvite ack 0"], _bench.Events.Where(told => told.Contains("ack", StringComparison.Ordinal)));
        _bench.Advance(40);
        Assert.Equal(1, _bench.Agent.DialogCount);
    }

    [Fact]
    public void Section_3_1_5_re_INVITE_overtakes_the_ACK_that_answers_our_offer()
    {
        _bench.Receive(_peer.Invite(""));
        _bench.Call!.Accept(Sdp);
        _peer.Learn(_bench.LastResponse());

        _bench.Receive(_peer.Reinvite());
        Assert.Equal(491, _bench.LastResponse().StatusCode);
        _bench.Receive(_peer.AckOfRefusal(_bench.LastResponse()));
        _bench.Receive(_peer.Ack(SipBench.Sdp, cseq: 1));

        Assert.Equal($"ack {SipBench.Sdp.Length}", _bench.Events[^1]);
    }

    [Fact]
    public void Section_3_1_6_BYE_overtakes_the_ACK()
    {
        Answer();
        Assert.Equal(["200 OK"], Sent(_peer.Bye()));
        Assert.Empty(Sent(_peer.Ack(cseq: 1)));
        AssertOver("bye");
    }

    [Fact]
    public void Section_3_2_1_BYE_crosses_BYE()
    {
        HangUp();
        var ours = _bench.LastRequest();
        _bench.TakeSent();
        Assert.Equal(["200 OK"], Sent(_peer.Bye()));
        _bench.Receive(PeerScript.Response(ours, 481, ""));
        AssertOver("bye completed");
    }

    [Fact]
    public void Section_3_2_2_re_INVITE_crosses_our_BYE()
    {
        HangUp();
        var ours = _bench.LastRequest();
        _bench.TakeSent();
        Assert.Equal(["100 Trying", "481 Call/Transaction Does Not Exist"], Sent(_peer.Reinvite()));
        _bench.Receive(PeerScript.Response(ours, 200, ""));
        AssertOver("bye completed");
    }

    [Fact]
    public void Section_3_2_3_the_200_of_our_re_INVITE_crosses_the_callers_BYE()
    {
        Confirm();
        _bench.Call!.Dialog.Reoffer();
        var ours = _bench.LastRequest();
        _bench.Receive(_peer.Bye());
        _bench.TakeSent();

        Assert.Equal(["ACK sip:caller@192.0.2.10:5070"], Sent(PeerScript.Response(ours, 200, "", SipBench.Sdp)));
        AssertOver("bye");
    }

    [Fact]
    public void Section_3_2_4_the_ACK_of_the_INVITE_crosses_a_BYE()
    {
        Answer();
        _bench.Call!.Bye();   // waits for the ACK (RFC 3261 section 15)
        Assert.DoesNotContain(_bench.TakeStartLines(), line => line.StartsWith("BYE", StringComparison.Ordinal));
        Assert.Equal(["BYE sip:caller@192.0.2.10:5070"], Sent(_peer.Ack()));
        _bench.Receive(_peer.Ack(cseq: 1));
        _bench.Receive(PeerScript.Response(_bench.LastRequest(), 200, ""));
        AssertOver("bye completed");
    }

    [Fact]
    public void Section_3_3_1_re_INVITEs_cross()
    {
        Confirm();
        _bench.Call!.Dialog.Reoffer();
        var ours = _bench.LastRequest();
        _bench.Receive(_peer.Reinvite());
        Assert.Equal(491, _bench.LastResponse().StatusCode);
        _bench.Receive(_peer.AckOfRefusal(_bench.LastResponse()));
        _bench.Receive(PeerScript.Response(ours, 491, ""));
        _bench.TakeSent();

        _bench.Advance(2.01);

        Assert.StartsWith("INVITE", _bench.TakeStartLines()[0], StringComparison.Ordinal);
        Assert.Equal(1, _bench.Agent.DialogCount);
    }

    [Fact]
    public void Section_3_3_2_UPDATE_crosses_our_re_INVITE()
    {
        Confirm();
        _bench.Call!.Dialog.Reoffer();
        var ours = _bench.LastRequest();
        _bench.TakeSent();
        Assert.Equal(["491 Request Pending"], Sent(_peer.InDialog("UPDATE", "Content-Type: application/sdp\n", SipBench.Sdp)));
        Assert.Equal(["ACK sip:caller@192.0.2.10:5070"], Sent(PeerScript.Response(ours, 200, "", SipBench.Sdp)));
    }

    [Fact]
    public void Section_3_3_3_the_callers_BYE_crosses_our_REFER()
    {
        Confirm();
        Assert.True(_bench.Call!.Refer(new SipUri { Host = "192.0.2.99" }));
        var refer = _bench.LastRequest();
        _bench.TakeSent();
        Assert.Equal(["200 OK"], Sent(_peer.Bye()));
        _bench.Receive(PeerScript.Response(refer, 481, ""));
        AssertOver("bye");
    }

    [Fact]
    public void Section_3_3_3_a_NOTIFY_of_the_transfer_comes_after_our_BYE()
    {
        Confirm();
        _bench.Call!.Refer(new SipUri { Host = "192.0.2.99" });
        _bench.Receive(PeerScript.Response(_bench.LastRequest(), 202, ""));
        _bench.Call.Bye();
        var bye = _bench.LastRequest();
        _bench.TakeSent();

        Assert.Equal(["481 Call/Transaction Does Not Exist"], Sent(_peer.InDialog("NOTIFY", "Event: refer\nContent-Type: message/sipfrag\n", "SIP/2.0 200 OK\n")));
        _bench.Receive(PeerScript.Response(bye, 200, ""));
        AssertOver("bye completed");
    }

    [Fact]
    public void Section_4_a_BYE_that_comes_again_after_the_end_gets_its_200_and_a_new_one_481()
    {
        Confirm();
        var bye = _peer.Bye();
        _bench.Receive(bye);
        _bench.TakeSent();

        Assert.Equal(["200 OK"], Sent(bye));
        Assert.Equal(["481 Call/Transaction Does Not Exist"], Sent(_peer.Bye()));
        AssertOver("bye");
    }

    private string Answer()
    {
        var invite = _peer.Invite();
        _bench.Receive(invite);
        _bench.Call!.Accept(Sdp);
        _peer.Learn(_bench.LastResponse());
        _bench.TakeSent();
        return invite;
    }

    private void Confirm()
    {
        Answer();
        _bench.Receive(_peer.Ack());
    }

    private void HangUp()
    {
        Confirm();
        _bench.Call!.Bye();
    }

    private string[] Sent(string text)
    {
        _bench.TakeSent();
        _bench.Receive(text);
        return _bench.TakeStartLines();
    }

    /// <summary>The call is over in one known way, and leaves nothing.</summary>
    private void AssertOver(string told)
    {
        Assert.Equal(told, Assert.Single(_bench.Events, line => line.StartsWith("bye", StringComparison.Ordinal) || line is "cancelled" or "transport failed"));
        _bench.Advance(100);
        Assert.Equal((0, 0, 0), (_bench.Agent.DialogCount, _bench.Agent.TransactionCount, _bench.Clock.ActiveTimers));
    }
}
