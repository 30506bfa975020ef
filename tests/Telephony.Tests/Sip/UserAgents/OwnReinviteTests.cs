using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Re-INVITEs of ours, and UPDATEs of the caller's: in order, crossing, refused (goals A14, A24; RFC 3261 section 14, RFC 3311).</summary>
public sealed class OwnReinviteTests
{
    private static readonly byte[] Sdp = Encoding.UTF8.GetBytes(SipBench.Sdp);

    private readonly SipBench _bench = new();
    private readonly PeerScript _peer;

    public OwnReinviteTests()
    {
        _peer = _bench.Answered();
    }

    [Fact]
    public void A_change_goes_out_as_re_INVITE_and_its_2xx_gets_ACK_each_time()
    {
        Reoffer();
        var reinvite = _bench.LastRequest();
        Assert.Equal(SipBench.Sdp, Encoding.UTF8.GetString(reinvite.Body.Span));
        Assert.NotNull(reinvite.Contact);

        var ok = PeerScript.Response(reinvite, 200, "Contact: <sip:new@192.0.2.10:5070>\n", SipBench.Sdp);
        _bench.Receive(ok);
        var ack = _bench.LastRequest();
        Assert.Equal((SipMethods.Ack, reinvite.CSeq.Number, "sip:new@192.0.2.10:5070"), (ack.Method, ack.CSeq.Number, $"{ack.RequestUri}"));
        _bench.TakeSent();
        _bench.Receive(ok);

        Assert.Equal(["ACK sip:new@192.0.2.10:5070"], _bench.TakeStartLines());
        Assert.Equal([$"reoffered 200 {SipBench.Sdp.Length}"], _bench.Events);
    }

    [Fact]
    public void What_is_wanted_before_the_ACK_waits_for_it()
    {
        var bench = new SipBench();
        var peer = bench.Answered(isAcked: false);
        bench.Call!.Dialog.Reoffer();
        Assert.Empty(bench.TakeSent());

        bench.Receive(peer.Ack());

        Assert.Equal(SipMethods.Invite, bench.LastRequest().Method);
    }

    [Fact]
    public void Two_wishes_while_one_is_on_its_way_become_one_more()
    {
        Reoffer();
        var first = _bench.LastRequest();
        Reoffer();
        Reoffer();
        Assert.Equal(1, Count("INVITE"));

        Answer(first, 200, SipBench.Sdp);
        Assert.Equal(1, Count("INVITE"));
        Answer(_bench.LastRequest(), 200, SipBench.Sdp);
        Assert.Equal(0, Count("INVITE"));
    }

    [Fact]
    public void Glare_is_491_on_both_sides_and_we_try_again_within_two_seconds()
    {
        Reoffer();
        var ours = _bench.LastRequest();
        _bench.Receive(_peer.Reinvite());
        Assert.Equal(491, _bench.LastResponse().StatusCode);
        _bench.Receive(_peer.AckOfRefusal(_bench.LastResponse()));

        Answer(ours, 491);
        _bench.TakeSent();
        _bench.Advance(2.01);   // the caller made the Call-ID: ours is the short wait

        Assert.InRange(Count("INVITE"), 1, 3);   // with its repetitions
        Assert.Equal(["reoffered 491 0"], _bench.Events);
    }

    [Fact]
    public void While_the_callers_change_is_open_ours_waits()
    {
        _bench.Receive(_peer.Reinvite());
        Reoffer();
        Assert.Equal(0, Count("INVITE"));

        _bench.Reinvite!.Accept(Sdp);
        Assert.Equal(0, Count("INVITE"));
        _bench.Receive(_peer.Ack());

        Assert.Equal(1, Count("INVITE"));
    }

    [Theory]
    [InlineData(488)]
    [InlineData(403)]
    [InlineData(606)]
    public void A_refused_change_leaves_the_call_as_it_was(int statusCode)
    {
        Reoffer();
        Answer(_bench.LastRequest(), statusCode);

        Assert.Equal([$"reoffered {statusCode} 0"], _bench.Events);
        _bench.Advance(100);
        Assert.Equal(1, _bench.Agent.DialogCount);
    }

    [Fact]
    public void A_500_with_Retry_After_is_tried_again_then_and_not_for_ever()
    {
        Reoffer();
        for (var i = 0; i < 6; i++)
        {
            _bench.Receive(PeerScript.Response(_bench.LastRequest(), 500, "Retry-After: 3 (busy)\n"));
            _bench.TakeSent();
            _bench.Advance(2.9);
            Assert.Equal(0, Count("INVITE"));
            _bench.Advance(0.2);
            Assert.Equal(i < 5 ? 1 : 0, _bench.Wire.Sent.Count > 0 && _bench.LastSent() is SipRequest { Method: SipMethods.Invite } ? 1 : 0);
        }
    }

    [Fact]
    public void A_change_that_nobody_answers_ends_the_call()
    {
        Reoffer();
        _bench.Advance(33);
        Assert.Equal("session lost", _bench.Events[0]);
    }

    [Fact]
    public void BYE_of_the_caller_while_ours_is_open_ends_the_call_and_the_late_2xx_still_gets_its_ACK()
    {
        Reoffer();
        var ours = _bench.LastRequest();
        _bench.Receive(_peer.Bye());
        Assert.Equal(["bye"], _bench.Events);
        _bench.TakeSent();

        Answer(ours, 200, SipBench.Sdp);

        Assert.Equal(1, Count("ACK"));
        Assert.Equal(["bye"], _bench.Events);
        _bench.Advance(100);
        Assert.Equal(0, _bench.Agent.DialogCount);
    }

    [Fact]
    public void An_UPDATE_without_offer_refreshes_the_target()
    {
        _peer.Contact = "<sip:moved@192.0.2.10:5070>";
        _bench.Receive(_peer.InDialog("UPDATE"));
        Assert.Equal(200, _bench.LastResponse().StatusCode);
        Assert.NotNull(_bench.LastResponse().Contact);

        _bench.Call!.Bye();

        Assert.Equal("sip:moved@192.0.2.10:5070", $"{_bench.LastRequest().RequestUri}");
    }

    [Fact]
    public void An_UPDATE_with_an_offer_is_answered_or_refused_at_once()
    {
        Update();
        Assert.Equal((200, SipBench.Sdp), (_bench.LastResponse().StatusCode, Encoding.UTF8.GetString(_bench.LastResponse().Body.Span)));

        _bench.Reply = new(488, default, ("Warning", "305 x \"y\""));
        Update();
        Assert.Equal((488, "305 x \"y\""), (_bench.LastResponse().StatusCode, _bench.LastResponse().Headers.GetFirst(HeaderNames.Warning)));
    }

    [Fact]
    public void An_UPDATE_that_crosses_our_offer_is_491_and_one_that_crosses_the_callers_own_500()
    {
        Reoffer();
        Update();
        Assert.Equal(491, _bench.LastResponse().StatusCode);

        var other = new SipBench();
        var peer = other.Answered();
        other.Receive(peer.Reinvite());
        other.Receive(peer.InDialog("UPDATE", "Content-Type: application/sdp\n", SipBench.Sdp));
        Assert.Equal(500, other.LastResponse().StatusCode);
        Assert.NotNull(other.LastResponse().Headers.GetFirst(HeaderNames.RetryAfter));
    }

    [Fact]
    public void An_UPDATE_before_the_answer_needs_a_session_that_is_agreed()
    {
        var bench = new SipBench();
        var peer = new PeerScript();
        bench.Receive(peer.Invite(headers: "Supported: 100rel\n"));
        bench.Call!.Ring(183, Sdp);
        var early = bench.LastResponse();
        peer.Learn(early);
        bench.Receive(peer.InDialog("UPDATE", "Content-Type: application/sdp\n", SipBench.Sdp));
        Assert.Equal(500, bench.LastResponse().StatusCode);

        bench.Receive(peer.InDialog("PRACK", $"RAck: {early.Headers.GetFirst(HeaderNames.RSeq)} {early.CSeq}\n"));
        bench.Receive(peer.InDialog("UPDATE", "Content-Type: application/sdp\n", SipBench.Sdp));
        Assert.Equal(200, bench.LastResponse().StatusCode);
    }

    private void Reoffer() => _bench.Call!.Dialog.Reoffer();

    private void Update() => _bench.Receive(_peer.InDialog("UPDATE", "Content-Type: application/sdp\n", SipBench.Sdp));

    private void Answer(SipRequest request, int statusCode, string body = "") =>
        _bench.Receive(PeerScript.Response(request, statusCode, statusCode == 200 ? "Contact: <sip:caller@192.0.2.10:5070>\n" : "", body));

    private int Count(string method) => _bench.TakeStartLines().Count(line => line.StartsWith(method, StringComparison.Ordinal));
}
