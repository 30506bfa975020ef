using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Provisional responses that the caller confirms by PRACK, our side as callee (RFC 3262; goal A24).</summary>
public sealed class ReliableProvisionalTests
{
    private static readonly byte[] Sdp = Encoding.UTF8.GetBytes(SipBench.Sdp);

    private readonly SipBench _bench = new();
    private readonly PeerScript _peer = new();

    [Fact]
    public void A_caller_that_demands_them_gets_a_180_with_a_number_that_a_PRACK_confirms()
    {
        Ring("Require: 100rel\n");

        var ringing = _bench.LastResponse();
        Assert.Equal(180, ringing.StatusCode);
        Assert.Equal("100rel", ringing.Headers.GetFirst(HeaderNames.Require));
        Assert.InRange(uint.Parse(ringing.Headers.GetFirst(HeaderNames.RSeq)!), 1u, (uint)int.MaxValue);
        Assert.Equal("200 OK", Prack(ringing));
        _bench.Advance(40);
        Assert.Empty(_bench.TakeStartLines());
        Assert.Equal(["invite"], _bench.Events);
    }

    [Fact]
    public void It_is_repeated_with_doubling_waits_until_the_PRACK()
    {
        Ring("Require: 100rel\n");
        _bench.TakeSent();

        List<double> at = [];
        for (var tenths = 1; tenths <= 310; tenths++)
        {
            _bench.Advance(0.1);
            at.AddRange(_bench.TakeStartLines().Select(_ => tenths / 10.0));
        }

        Assert.Equal([0.5, 1.5, 3.5, 7.5, 15.5], at);
    }

    [Fact]
    public void Without_a_PRACK_the_call_is_refused_with_504_after_32_seconds()
    {
        Ring("Require: 100rel\n");

        _bench.Advance(31.9);
        Assert.Equal(180, _bench.LastResponse().StatusCode);
        _bench.Advance(0.2);
        Assert.Equal(504, _bench.LastResponse().StatusCode);
        Assert.Equal(["invite", "prack timeout"], _bench.Events);
        Assert.Equal(0, _bench.Agent.DialogCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1 1 INVITE")]
    [InlineData("{0} 2 INVITE")]
    [InlineData("{0} 1 BYE")]
    [InlineData("99999999999 1 INVITE")]
    public void A_PRACK_for_another_response_is_481_and_confirms_nothing(string rack)
    {
        Ring("Require: 100rel\n");
        var ringing = _bench.LastResponse();

        _bench.Receive(_peer.InDialog("PRACK", $"RAck: {string.Format(System.Globalization.CultureInfo.InvariantCulture, rack, ringing.Headers.GetFirst(HeaderNames.RSeq))}\n"));

        Assert.Equal(481, _bench.LastResponse().StatusCode);
        _bench.TakeSent();
        _bench.Advance(0.6);
        Assert.Equal(["180 Ringing"], _bench.TakeStartLines());
    }

    [Fact]
    public void A_second_PRACK_for_the_same_response_is_481()
    {
        Ring("Require: 100rel\n");
        var ringing = _bench.LastResponse();

        Assert.Equal("200 OK", Prack(ringing));
        Assert.Equal("481 Call/Transaction Does Not Exist", Prack(ringing));
    }

    [Fact]
    public void A_repeated_PRACK_gets_the_same_answer_again()
    {
        Ring("Require: 100rel\n");
        _peer.Learn(_bench.LastResponse());
        var prack = _peer.InDialog("PRACK", RAck(_bench.LastResponse()));

        _bench.Receive(prack);
        _bench.Receive(prack);

        Assert.Equal(["200 OK", "200 OK"], _bench.TakeStartLines()[^2..]);
    }

    [Fact]
    public void Early_media_is_confirmed_where_the_caller_knows_how_and_plain_ringing_is_not()
    {
        Receive("Supported: timer, 100rel\n");
        _bench.Call!.Ring();
        Assert.Null(_bench.LastResponse().Headers.GetFirst(HeaderNames.RSeq));
        _bench.Call.Ring(183, Sdp);
        Assert.NotNull(_bench.LastResponse().Headers.GetFirst(HeaderNames.RSeq));
    }

    [Fact]
    public void Early_media_is_not_confirmed_where_the_settings_say_so_or_the_caller_does_not_know_how()
    {
        var bench = new SipBench(configure: options => options with { ReliableEarlyMedia = false });
        bench.Receive(_peer.Invite(headers: "Supported: 100rel\n"));
        bench.Call!.Ring(183, Sdp);
        Assert.Null(bench.LastResponse().Headers.GetFirst(HeaderNames.RSeq));

        Receive("");
        _bench.Call!.Ring(183, Sdp);
        Assert.Null(_bench.LastResponse().Headers.GetFirst(HeaderNames.RSeq));
        Assert.Equal(SipBench.Sdp, Encoding.UTF8.GetString(_bench.LastResponse().Body.Span));
    }

    [Fact]
    public void The_200_waits_for_the_PRACK_of_a_session_description_and_needs_none_of_its_own()
    {
        Receive("Supported: 100rel\n");
        _bench.Call!.Ring(183, Sdp);
        var early = _bench.LastResponse();
        _bench.TakeSent();

        _bench.Call.Accept(Sdp);
        Assert.Empty(_bench.TakeSent());

        _peer.Learn(early);
        _bench.Receive(_peer.InDialog("PRACK", RAck(early)));
        Assert.Equal(["200 OK", "200 OK"], _bench.TakeStartLines());   // of the PRACK, of the INVITE
        Assert.True(_bench.LastResponse().Body.IsEmpty);
        _bench.Receive(_peer.Ack(cseq: 1));
        Assert.Equal("ack 0", _bench.Events[^1]);
    }

    [Fact]
    public void The_200_does_not_wait_for_ringing_without_a_session_description_and_the_late_PRACK_is_known()
    {
        Ring("Require: 100rel\n");
        var ringing = _bench.LastResponse();

        _bench.Call!.Accept(Sdp);

        Assert.Equal(200, _bench.LastResponse().StatusCode);
        Assert.False(_bench.LastResponse().Body.IsEmpty);
        Assert.Equal("200 OK", Prack(ringing));
        _bench.TakeSent();
        _bench.Advance(0.6);
        Assert.Equal(["200 OK"], _bench.TakeStartLines());   // the 180 is not repeated any more
    }

    [Fact]
    public void Hanging_up_while_the_200_waits_refuses_the_call_and_tells_the_end()
    {
        Receive("Supported: 100rel\n");
        _bench.Call!.Ring(183, Sdp);
        _bench.Call.Accept(Sdp);

        _bench.Call.Bye();

        Assert.Equal(480, _bench.LastResponse().StatusCode);
        Assert.Equal(["invite", "bye completed"], _bench.Events);
    }

    [Fact]
    public void CANCEL_while_the_200_waits_ends_the_call_with_487()
    {
        Receive("Supported: 100rel\n");
        _bench.Call!.Ring(183, Sdp);
        _bench.Call.Accept(Sdp);

        _bench.Receive(_peer.Cancel());

        Assert.Equal(487, _bench.LastResponse().StatusCode);
        Assert.Equal(["invite", "cancelled"], _bench.Events);
        _bench.Advance(100);
        Assert.Equal(0, _bench.Clock.ActiveTimers);
    }

    [Fact]
    public void A_second_response_waits_for_the_PRACK_of_the_first()
    {
        Ring("Require: 100rel\n");
        var first = _bench.LastResponse();
        _bench.TakeSent();

        _bench.Call!.Ring(183, Sdp);
        Assert.Empty(_bench.TakeSent());

        _peer.Learn(first);
        _bench.Receive(_peer.InDialog("PRACK", RAck(first)));
        Assert.Equal(["200 OK", "183 Session Progress"], _bench.TakeStartLines());
        Assert.Equal(uint.Parse(first.Headers.GetFirst(HeaderNames.RSeq)!) + 1, uint.Parse(_bench.LastResponse().Headers.GetFirst(HeaderNames.RSeq)!));
    }

    [Fact]
    public void An_offer_in_a_PRACK_is_answered_in_its_200()
    {
        Receive("Supported: 100rel\n");
        _bench.Call!.Ring(183, Sdp);

        Prack(_bench.LastResponse(), SipBench.Sdp);

        Assert.Equal(200, _bench.LastResponse().StatusCode);
        Assert.Equal(SipBench.Sdp, Encoding.UTF8.GetString(_bench.LastResponse().Body.Span));
        Assert.Equal(["invite", $"offer {SipBench.Sdp.Length}"], _bench.Events);
    }

    [Theory]
    [InlineData(SipBench.Sdp, false)]
    [InlineData("", true)]
    public void Our_offer_in_a_provisional_response_is_answered_by_the_PRACK(string answer, bool isRefused)
    {
        _bench.Receive(_peer.Invite("", "Require: 100rel\n"));
        _bench.Call!.Ring(180, Sdp);

        Prack(_bench.LastResponse(), answer);

        Assert.Equal($"early answer {answer.Length}", _bench.Events[^1]);
        Assert.Equal(isRefused ? 488 : 200, _bench.LastResponse().StatusCode);
        if (isRefused)
            return;
        _bench.Call.Accept(Sdp);
        Assert.True(_bench.LastResponse().Body.IsEmpty);
    }

    [Fact]
    public void Ringing_for_minutes_is_repeated_with_new_numbers()
    {
        Ring("Require: 100rel\n");
        Prack(_bench.LastResponse());
        _bench.TakeSent();

        _bench.Advance(60.1);

        Assert.Equal(["180 Ringing"], _bench.TakeStartLines());
        Assert.Equal("200 OK", Prack(_bench.LastResponse()));
    }

    private void Receive(string headers) => _bench.Receive(_peer.Invite(headers: headers));

    private void Ring(string headers)
    {
        Receive(headers);
        _bench.Call!.Ring();
    }

    private string Prack(SipResponse response, string body = "")
    {
        _peer.Learn(response);
        _bench.TakeSent();
        _bench.Receive(_peer.InDialog("PRACK", RAck(response) + (body.Length > 0 ? "Content-Type: application/sdp\n" : ""), body));
        return _bench.TakeStartLines()[0];
    }

    private static string RAck(SipResponse response) => $"RAck: {response.Headers.GetFirst(HeaderNames.RSeq)} {response.CSeq}\n";
}
