using System.Net;
using Microsoft.Extensions.Logging;
using Support;
using Telephony.Calls;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Calls;

/// <summary>Calls that we make: the INVITE, its answer, and every way in which there is none.</summary>
public sealed class OutboundCallTests : IDisposable
{
    private readonly CallBench _bench = new(Callee.Options);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void INVITE_names_whom_and_as_whom_and_offers_all_codecs()
    {
        var callee = Callee.Dialled(_bench);

        Assert.Equal("INVITE sip:bob@192.0.2.10:5070 SIP/2.0", callee.Invite.ToString());
        Assert.Equal("sip:bob@192.0.2.10:5070", callee.Invite.To.Uri.ToString());
        Assert.Null(callee.Invite.To.Tag);
        Assert.NotNull(callee.Invite.From.Tag);
        Assert.Equal("<sip:agent@198.51.100.5:5060>", callee.Invite.Contact!.ToString());
        Assert.Equal(70, callee.Invite.MaxForwards);
        Assert.Contains("100rel", callee.Invite.Headers.GetValues(HeaderNames.Supported));
        var sdp = System.Text.Encoding.ASCII.GetString(callee.Invite.Body.Span);
        Assert.Contains("PCMU/8000", sdp, StringComparison.Ordinal);
        Assert.Contains("G722/8000", sdp, StringComparison.Ordinal);
        Assert.Contains("c=IN IP4 198.51.100.5", sdp, StringComparison.Ordinal);
        Assert.True(_bench.Call.IsOutbound);
        Assert.Equal("bob", _bench.Call.PartyNumber);
        Assert.Equal(CallBench.Peer, _bench.Wire.Sent[^1].To);
    }

    [Fact]
    public void Answered_call_is_acknowledged_to_the_contact_and_ended_by_either_side()
    {
        var callee = Callee.Dialled(_bench);
        Assert.Equal("", callee.Respond(100));
        Assert.Equal("", callee.Respond(180));
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer));

        var ack = callee.Last("ACK");
        Assert.Equal("sip:bob@192.0.2.10:5070", ack.RequestUri.ToString());
        Assert.Equal(callee.Invite.CSeq.Number, ack.CSeq.Number);
        Assert.Equal("bob", ack.To.Tag);
        Assert.NotEqual(callee.Invite.TopVia.Branch, ack.TopVia.Branch);
        Assert.Equal("ringing, answered, acknowledged", _bench.Events.ToString());

        Assert.Equal("200", callee.Request("BYE"));
        Assert.Equal("ringing, answered, acknowledged, ended CallerHungUp", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public void Our_BYE_has_the_next_number()
    {
        var callee = Callee.Connected(_bench);
        _bench.Call.HangUp();
        Assert.Equal("BYE", callee.Look());
        Assert.Equal(callee.Invite.CSeq.Number + 1, callee.Last("BYE").CSeq.Number);
        callee.RespondTo("BYE");
        Assert.Equal("answered, acknowledged, ended AgentHungUp", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public void Repeated_200_is_acknowledged_again()
    {
        var callee = Callee.Connected(_bench);
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer));
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer));
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
    }

    [Fact]
    public void ACK_and_BYE_take_the_proxies_of_the_answer_last_one_first()
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(180, headers: "Record-Route: <sip:203.0.113.9;lr>\n");
        callee.Respond(200, sdp: Callee.Answer, headers: "Record-Route: <sip:203.0.113.1;lr>, <sip:203.0.113.2;lr>\n");

        Assert.Equal(["<sip:203.0.113.2;lr>", "<sip:203.0.113.1;lr>"], callee.Last("ACK").Headers.GetValues(HeaderNames.Route));
        Assert.Equal(IPEndPoint.Parse("203.0.113.2:5060"), _bench.Wire.Sent[^1].To);
        _bench.Call.HangUp();
        Assert.Equal(IPEndPoint.Parse("203.0.113.2:5060"), _bench.Wire.Sent[^1].To);
    }

    [Theory]
    [InlineData(486, CallEndReason.Busy)]
    [InlineData(600, CallEndReason.Busy)]
    [InlineData(480, CallEndReason.NoAnswer)]
    [InlineData(403, CallEndReason.Declined)]
    [InlineData(404, CallEndReason.Declined)]
    [InlineData(603, CallEndReason.Declined)]
    [InlineData(302, CallEndReason.Declined)]
    [InlineData(401, CallEndReason.Declined)]
    [InlineData(422, CallEndReason.Declined)]
    [InlineData(491, CallEndReason.Declined)]
    [InlineData(503, CallEndReason.NotReachable)]
    public void Refusal_ends_the_call_and_its_status_is_kept(int statusCode, CallEndReason reason)
    {
        var callee = Callee.Dialled(_bench);
        Assert.Equal("ACK", callee.Respond(statusCode, headers: "Retry-After: 12\nContact: <sip:somebody@else.example>\n"));

        Assert.Equal($"ended {reason}", _bench.Events.ToString());
        Assert.Equal(new DialOutcome(statusCode, "Whatever", "12"), _bench.Call.Refusal);
        Assert.Equal("ACK", callee.Respond(statusCode));   // repeated, because our ACK was lost
        _bench.Clock.Advance(TimeSpan.FromSeconds(33));
        Assert.Equal("", callee.Look());
        AssertNothingLeft();
    }

    [Fact]
    public void Callee_that_never_answers_is_cancelled_after_the_ring_time()
    {
        var callee = Callee.Dialled(_bench, ringSeconds: 20);
        callee.Respond(180);
        _bench.Clock.Advance(TimeSpan.FromSeconds(19.9));
        Assert.Equal("", callee.Look());

        _bench.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("CANCEL", callee.Look());
        Assert.Equal("ringing, ended NoAnswer", _bench.Events.ToString());
        var cancel = callee.Last("CANCEL");
        Assert.Equal(callee.Invite.TopVia.ToString(), cancel.TopVia.ToString());
        Assert.Equal(callee.Invite.CSeq.Number, cancel.CSeq.Number);
        callee.RespondTo("CANCEL");
        Assert.Equal("ACK", callee.Respond(487));
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void Server_that_says_nothing_at_all_is_given_up_after_64_T1()
    {
        var callee = Callee.Dialled(_bench, ringSeconds: 60);
        _bench.Clock.Advance(TimeSpan.FromSeconds(31.9));
        Assert.Equal("INVITE INVITE INVITE INVITE INVITE INVITE", callee.Look());
        _bench.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("ended NotReachable", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public void Network_that_does_not_take_the_INVITE_ends_the_call()
    {
        _bench.Wire.IsBroken = true;
        _bench.Dial();
        Assert.Equal("ended NotReachable", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Theory]
    [InlineData("m=audio 4000 RTP/AVP 18", "no media of it can be used")]
    [InlineData("m=audio", "its session description cannot be read")]
    [InlineData("", "it has no session description")]
    public void Answer_that_cannot_be_used_is_logged_with_what_brought_it_and_why(string answer, string why)
    {
        using var log = new OneLog();
        using var bench = new CallBench(Callee.Options, loggers: log);
        Callee.Dialled(bench).Respond(200, sdp: answer);
        Assert.Contains(log.Lines.Lines, line => line.EndsWith($"got an answer in the response to our INVITE that does not fit our offer: {why}", StringComparison.Ordinal));
    }

    [Fact]
    public void Answer_that_fits_no_codec_is_acknowledged_and_hung_up()
    {
        var callee = Callee.Dialled(_bench);
        Assert.Equal("ACK BYE", callee.Respond(200, sdp: "m=audio 4000 RTP/AVP 18"));
        Assert.Contains("488", callee.Last("BYE").Headers.GetFirst(HeaderNames.Reason), StringComparison.Ordinal);
        callee.RespondTo("BYE");
        Assert.Equal("ended NotAcceptable", _bench.Events.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public void Answer_without_a_description_is_that_of_the_early_media()
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(183, sdp: Callee.Answer, headers: "Require: 100rel\nRSeq: 7\n");
        callee.RespondTo("PRACK");
        Assert.Equal("ACK", callee.Respond(200));
        Assert.Equal("ringing, answered, acknowledged", _bench.Events.ToString());
    }

    [Fact]
    public void Reliable_provisionals_are_confirmed_in_order_and_once()
    {
        var callee = Callee.Dialled(_bench);
        Assert.Equal("PRACK", callee.Respond(183, headers: "Require: 100rel\nRSeq: 7\n"));
        Assert.Equal($"7 {callee.Invite.CSeq.Number} INVITE", callee.Last("PRACK").Headers.GetFirst(HeaderNames.RAck));
        callee.RespondTo("PRACK");

        Assert.Equal("", callee.Respond(183, headers: "Require: 100rel\nRSeq: 7\n"));   // repeated
        Assert.Equal("", callee.Respond(180, headers: "Require: 100rel\nRSeq: 9\n"));   // 8 is missing
        Assert.Equal("PRACK", callee.Respond(180, headers: "Require: 100rel\nRSeq: 8\n"));
        Assert.Equal($"8 {callee.Invite.CSeq.Number} INVITE", callee.Last("PRACK").Headers.GetFirst(HeaderNames.RAck));
        callee.RespondTo("PRACK");
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer));
        Assert.Equal(callee.Invite.CSeq.Number + 2, callee.Last("PRACK").CSeq.Number);
    }

    [Fact]
    public void Our_own_INVITE_that_comes_back_is_a_loop()
    {
        var callee = Callee.Dialled(_bench);
        var looped = $"INVITE sip:bob@198.51.100.5 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.10:5070;branch=z9hG4bKloop\nMax-Forwards: 69\nFrom: {callee.Invite.From}\nTo: {callee.Invite.To}\n"
            + $"Call-ID: {callee.Invite.CallId}\nCSeq: {callee.Invite.CSeq}\nContact: <sip:x@192.0.2.10>\n\n";
        _bench.Receive(looped);
        Assert.Equal("100 482", callee.Look());
        Assert.Single(_bench.Offered);
    }

    [Fact]
    public async Task Service_that_stops_gives_ringing_calls_up_and_dials_no_more()
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(180);
        var drained = _bench.HangUpAllAsync();
        Assert.Equal("CANCEL", callee.Look());
        callee.RespondTo("CANCEL");
        callee.Respond(487);
        await drained;
        Assert.Equal("ringing, ended GivenUp", _bench.Events.ToString());
        Assert.Equal(DialRefusal.Unavailable, _bench.Dial());
    }

    [Fact]
    public void Full_service_dials_no_more()
    {
        _bench.Availability = (503, null);
        Assert.Equal(DialRefusal.Unavailable, _bench.Dial());
        Assert.Empty(_bench.TakeSent());
    }

    [Fact]
    public void Digits_hold_and_transfer_work_as_in_a_call_that_came_in()
    {
        var callee = Callee.Connected(_bench);
        Assert.True(_bench.Call.CanSendDigits);
        Assert.Equal("100 200", callee.Request("INVITE", headers: "Content-Type: application/sdp\n", body: Phone.Sdp("m=audio 4000 RTP/AVP 0|a=sendonly")));
        Assert.Equal("", callee.Request("ACK"));
        Assert.Equal("200", callee.Request("INFO", cseq: 2, headers: "Content-Type: application/dtmf-relay\n", body: "Signal=5\nDuration=160\n"));
        _bench.Call.Transfer("sip:carol@192.0.2.10");
        Assert.Equal("REFER", callee.Look());
        Assert.Equal("answered, acknowledged, held, 5 160 Info", _bench.Events.ToString());
    }

    private void AssertNothingLeft()
    {
        Assert.Equal(0, _bench.OpenDialogs);
        Assert.Equal(0, _bench.Agent.DialogCount);
        _bench.Clock.Advance(TimeSpan.FromSeconds(70));
        Assert.Equal(0, _bench.Agent.TransactionCount);
        Assert.Equal(0, _bench.Metrics.Active);
        Assert.True(_bench.AllPortsReturned());
    }

    private sealed class OneLog : ILoggerFactory
    {
        public LogLines<CallBench> Lines { get; } = new();

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => Lines;

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
