using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transactions;

/// <summary>Both server tables, row by row (RFC 3261 section 17.2, RFC 6026 section 7.1).</summary>
public sealed class ServerTransactionTests
{
    [Fact]
    public void Invite_proceeding_repeats_its_last_provisional_response_when_asked_again()
    {
        var bench = new TransactionBench();
        bench.ReceiveRequest("INVITE");
        bench.ReceiveRequest("INVITE");
        Assert.Empty(bench.TakeSent());   // nothing to repeat yet
        bench.Respond(100);
        bench.Respond(180);
        bench.TakeSent();

        bench.ReceiveRequest("INVITE");

        Assert.Equal(["180"], bench.TakeSent());
        Assert.Equal(["INVITE"], bench.Events);
        Assert.Empty(bench.SentUntil(60));
        Assert.Equal(1, bench.Layer.Count);   // ringing has no limit of its own
    }

    [Fact]
    public void Timer_G_repeats_a_refusal_and_timer_H_gives_up()
    {
        var bench = new TransactionBench();
        bench.ReceiveRequest("INVITE");
        bench.Respond(486);

        var sent = bench.SentUntil(40);

        Assert.Equal([0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5], sent.Select(message => message.At));
        Assert.All(sent, message => Assert.Equal("486", message.What));
        Assert.Equal(0, bench.Layer.Count);
        Assert.Equal(0, bench.Clock.ActiveTimers);
    }

    [Fact]
    public void Ack_ends_the_repetition_and_timer_I_absorbs_further_acks_for_T4()
    {
        var bench = new TransactionBench();
        bench.ReceiveRequest("INVITE");
        bench.Respond(486);
        bench.ReceiveRequest("INVITE");
        bench.TakeSent();

        bench.ReceiveRequest("ACK", toTag: ";tag=b");
        bench.ReceiveRequest("ACK", toTag: ";tag=b");
        bench.ReceiveRequest("INVITE");
        bench.Advance(4.9);
        Assert.Equal(1, bench.Layer.Count);
        bench.Advance(0.2);

        Assert.Equal(0, bench.Layer.Count);
        Assert.Empty(bench.TakeSent());
        Assert.Equal(["INVITE"], bench.Events);
    }

    [Fact]
    public void On_a_stream_a_refusal_is_sent_once_and_its_ack_ends_the_transaction_at_once()
    {
        var bench = new TransactionBench(SipProtocol.Tcp);
        bench.ReceiveRequest("INVITE");
        bench.Respond(486);
        Assert.Single(bench.SentUntil(10));
        Assert.Equal(1, bench.Layer.Count);

        bench.ReceiveRequest("ACK", toTag: ";tag=b");

        Assert.Equal(0, bench.Layer.Count);
    }

    [Fact]
    public void On_a_stream_timer_H_still_ends_a_refusal_without_ack()
    {
        var bench = new TransactionBench(SipProtocol.Tcp);
        bench.ReceiveRequest("INVITE");
        bench.Respond(486);

        bench.Advance(32.1);

        Assert.Equal(0, bench.Layer.Count);
    }

    [Theory]
    [InlineData(SipProtocol.Udp)]
    [InlineData(SipProtocol.Tcp)]
    public void Accepted_absorbs_the_invite_sends_what_the_dialog_repeats_and_lasts_timer_L(SipProtocol protocol)
    {
        var bench = new TransactionBench(protocol);
        bench.ReceiveRequest("INVITE");
        bench.Respond(200);
        bench.TakeSent();

        bench.ReceiveRequest("INVITE");
        Assert.Empty(bench.TakeSent());
        bench.Respond(200);
        Assert.Equal(["200"], bench.TakeSent());
        bench.Respond(486);
        bench.Respond(180);
        Assert.Empty(bench.TakeSent());
        bench.ReceiveRequest("ACK", toTag: ";tag=b");
        Assert.Equal(["INVITE", "ACK"], bench.Events);
        bench.Advance(31.9);
        Assert.Equal(1, bench.Layer.Count);
        bench.Advance(0.2);

        Assert.Equal(0, bench.Layer.Count);
        bench.Respond(200);
        Assert.Empty(bench.TakeSent());
    }

    [Fact]
    public void Only_the_first_final_response_counts()
    {
        var bench = new TransactionBench();
        bench.ReceiveRequest("INVITE");
        bench.Respond(486);
        bench.Respond(200);
        bench.Respond(180);

        Assert.Equal(["486"], bench.TakeSent());
        Assert.Equal(InviteServerState.Completed, Assert.IsType<InviteServerTransaction>(bench.Server).State);
    }

    [Fact]
    public void Other_request_is_silent_while_trying_and_repeats_its_response_until_timer_J()
    {
        var bench = new TransactionBench();
        bench.ReceiveRequest("OPTIONS");
        bench.ReceiveRequest("OPTIONS");
        Assert.Empty(bench.TakeSent());
        bench.Respond(183);
        bench.ReceiveRequest("OPTIONS");
        Assert.Equal(["183", "183"], bench.TakeSent());
        bench.Respond(200);
        bench.Respond(404);
        bench.ReceiveRequest("OPTIONS");
        Assert.Equal(["200", "200"], bench.TakeSent());
        bench.Advance(31.9);
        bench.ReceiveRequest("OPTIONS");
        Assert.Equal(["200"], bench.TakeSent());
        bench.Advance(0.2);

        Assert.Equal(0, bench.Layer.Count);
        Assert.Equal(["OPTIONS"], bench.Events);
    }

    [Fact]
    public void Other_request_on_a_stream_is_over_with_its_final_response()
    {
        var bench = new TransactionBench(SipProtocol.Tcp);
        bench.ReceiveRequest("OPTIONS");

        bench.Respond(200);

        Assert.Equal(0, bench.Layer.Count);
        Assert.Equal(0, bench.Clock.ActiveTimers);
    }

    [Theory]
    [InlineData("INVITE", 180)]
    [InlineData("INVITE", 200)]
    [InlineData("INVITE", 486)]
    [InlineData("OPTIONS", 200)]
    public void Response_that_cannot_be_sent_ends_the_transaction(string method, int statusCode)
    {
        var bench = new TransactionBench();
        bench.ReceiveRequest(method);
        bench.Wire.IsBroken = true;

        bench.Respond(statusCode);
        bench.Advance(40);

        Assert.Equal([method, "transport error"], bench.Events);
        Assert.Equal(0, bench.Layer.Count);
        Assert.Equal(0, bench.Clock.ActiveTimers);
    }

    [Fact]
    public void Cancel_finds_its_invite_by_branch_and_has_a_transaction_of_its_own()
    {
        var bench = new TransactionBench();
        bench.ReceiveRequest("INVITE");
        bench.ReceiveRequest("CANCEL");
        bench.ReceiveRequest("CANCEL", branch: "z9hG4bKother");

        Assert.Equal(["INVITE", "cancel of invite", "cancel of nothing"], bench.Events);
        Assert.Equal(3, bench.Layer.Count);
    }

    [Fact]
    public void Branch_of_another_sender_is_another_transaction()
    {
        var bench = new TransactionBench();
        bench.ReceiveRequest("OPTIONS");

        bench.Receive("OPTIONS sip:agent@198.51.100.5 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.11:5070;branch=z9hG4bKone\nFrom: <sip:z@192.0.2.11>;tag=z\n"
            + "To: <sip:agent@198.51.100.5>\nCall-ID: y\nCSeq: 1 OPTIONS\n");

        Assert.Equal(["OPTIONS", "OPTIONS"], bench.Events);
    }
}
