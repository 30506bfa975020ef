using System.Text;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Tests.Sip.Messages;

namespace Telephony.Tests.Sip.Transactions;

/// <summary>Both client tables, row by row (RFC 3261 section 17.1, RFC 6026 section 7.2).</summary>
public sealed class ClientTransactionTests
{
    [Fact]
    public void Timer_A_doubles_without_limit_and_timer_B_gives_up()
    {
        var bench = new TransactionBench();
        bench.SendRequest("INVITE");

        var sent = bench.SentUntil(40);

        Assert.Equal([0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5], sent.Select(message => message.At));
        Assert.Equal(["timeout"], bench.Events);
        Assert.Equal(0, bench.Layer.Count);
    }

    [Fact]
    public void Invite_on_a_stream_is_sent_once()
    {
        var bench = new TransactionBench(SipProtocol.Tcp);
        bench.SendRequest("INVITE");

        Assert.Single(bench.SentUntil(40));
        Assert.Equal(["timeout"], bench.Events);
    }

    [Fact]
    public void Provisional_response_stops_repetition_and_impatience()
    {
        var bench = new TransactionBench();
        var invite = bench.SendRequest("INVITE");
        bench.ReceiveResponse(invite, 100);
        bench.ReceiveResponse(invite, 180);

        Assert.Single(bench.SentUntil(300));
        Assert.Equal(["100", "180"], bench.Events);
        Assert.Equal(1, bench.Layer.Count);
    }

    [Fact]
    public void Refusal_is_confirmed_within_the_transaction_and_again_when_repeated_until_timer_D()
    {
        var bench = new TransactionBench();
        var invite = bench.SendRequest("INVITE");
        bench.ReceiveResponse(invite, 486);
        bench.ReceiveResponse(invite, 486);
        Assert.Equal(["INVITE", "ACK", "ACK"], bench.TakeSent());
        Assert.Equal(["486"], bench.Events);

        var ack = Assert.IsType<SipRequest>(MessageText.Parse(Encoding.UTF8.GetBytes(bench.Wire.Sent[^1].Text)));
        Assert.Equal(invite.Request.TopVia.Branch, ack.TopVia.Branch);
        Assert.Equal("a486", ack.To.Tag);
        Assert.Equal(new CSeq(7, "ACK"), ack.CSeq);
        Assert.Equal("<sip:192.0.2.10;lr>", ack.Headers.GetFirst(HeaderNames.Route));
        bench.Advance(31.9);
        Assert.Equal(1, bench.Layer.Count);
        bench.Advance(0.2);
        Assert.Equal(0, bench.Layer.Count);
    }

    [Fact]
    public void Refusal_on_a_stream_is_confirmed_and_over()
    {
        var bench = new TransactionBench(SipProtocol.Tcp);
        var invite = bench.SendRequest("INVITE");

        bench.ReceiveResponse(invite, 404);

        Assert.Equal(["INVITE", "ACK"], bench.TakeSent());
        Assert.Equal(0, bench.Layer.Count);
    }

    [Fact]
    public void Every_2xx_is_passed_on_until_timer_M()
    {
        var bench = new TransactionBench();
        var invite = bench.SendRequest("INVITE");
        bench.ReceiveResponse(invite, 180);
        bench.ReceiveResponse(invite, 200);
        bench.ReceiveResponse(invite, 200);
        bench.ReceiveResponse(invite, 486);
        bench.ReceiveResponse(invite, 180);
        Assert.Equal(["180", "200", "200"], bench.Events);
        Assert.Equal(["INVITE"], bench.TakeSent());   // the ACK of a 2xx is the dialog's
        bench.Advance(31.9);
        Assert.Equal(1, bench.Layer.Count);
        bench.Advance(0.2);

        Assert.Equal(0, bench.Layer.Count);
    }

    [Fact]
    public void Timer_E_doubles_to_T2_and_timer_F_gives_up()
    {
        var bench = new TransactionBench();
        bench.SendRequest("BYE");

        var sent = bench.SentUntil(40);

        Assert.Equal([0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5], sent.Select(message => message.At));
        Assert.Equal(["timeout"], bench.Events);
    }

    [Fact]
    public void After_a_provisional_response_timer_E_is_T2_and_timer_F_still_runs()
    {
        var bench = new TransactionBench();
        var bye = bench.SendRequest("BYE");
        bench.ReceiveResponse(bye, 100);

        var sent = bench.SentUntil(40);

        Assert.Equal([0, 0.5, 4.5, 8.5, 12.5, 16.5, 20.5, 24.5, 28.5], sent.Select(message => message.At));
        Assert.Equal(["100", "timeout"], bench.Events);
    }

    [Fact]
    public void Timer_K_absorbs_repeated_responses_for_T4()
    {
        var bench = new TransactionBench();
        var bye = bench.SendRequest("BYE");
        bench.ReceiveResponse(bye, 200);
        bench.ReceiveResponse(bye, 200);
        Assert.Equal(["200"], bench.Events);
        bench.Advance(4.9);
        Assert.Equal(1, bench.Layer.Count);
        bench.Advance(0.2);

        Assert.Equal(0, bench.Layer.Count);
        Assert.Equal(["BYE"], bench.TakeSent());
    }

    [Fact]
    public void Other_request_on_a_stream_is_over_with_its_final_response()
    {
        var bench = new TransactionBench(SipProtocol.Tcp);
        var bye = bench.SendRequest("BYE");

        bench.ReceiveResponse(bye, 200);

        Assert.Equal(0, bench.Layer.Count);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("BYE")]
    public void Request_that_cannot_be_sent_fails_once(string method)
    {
        var bench = new TransactionBench();
        bench.Wire.IsBroken = true;

        bench.SendRequest(method);
        bench.Advance(40);

        Assert.Equal(["failed"], bench.Events);
        Assert.Equal(0, bench.Layer.Count);
        Assert.Equal(0, bench.Clock.ActiveTimers);
    }

    [Fact]
    public void Response_with_another_branch_method_or_a_second_via_is_not_ours()
    {
        var bench = new TransactionBench();
        var bye = bench.SendRequest("BYE");
        const string Rest = "From: <sip:b@198.51.100.5>;tag=b\nTo: <sip:a@192.0.2.10>;tag=a\nCall-ID: x\n";

        bench.Receive($"SIP/2.0 200 OK\nVia: {bye.Request.TopVia}x\n{Rest}CSeq: 7 BYE\n");
        bench.Receive($"SIP/2.0 200 OK\nVia: {bye.Request.TopVia}\n{Rest}CSeq: 7 INVITE\n");
        bench.Receive($"SIP/2.0 200 OK\nVia: {bye.Request.TopVia}, SIP/2.0/UDP 192.0.2.99\n{Rest}CSeq: 7 BYE\n");

        Assert.Empty(bench.Events);
    }
}
