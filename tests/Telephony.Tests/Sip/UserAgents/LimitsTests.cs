using System.Text;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Full tables, faults of the host, and sockets that fail: each hurts only what it must.</summary>
public sealed class LimitsTests
{
    [Fact]
    public void Call_beyond_the_dialog_limit_is_503_and_room_returns_with_a_bye()
    {
        var bench = new SipBench(configure: options => options with { MaxDialogs = 1 });
        var peer = bench.Answered();

        bench.Receive(new PeerScript { CallId = "second" }.Invite());
        Assert.Equal(["100 Trying", "503 Service Unavailable"], bench.TakeStartLines());
        bench.Receive(peer.Bye());
        bench.TakeSent();
        bench.Receive(new PeerScript { CallId = "third" }.Invite());

        Assert.Equal(["100 Trying"], bench.TakeStartLines());
    }

    [Fact]
    public void Full_transaction_table_keeps_half_for_calls_then_answers_invite_503_and_options_without_a_transaction()
    {
        var bench = new SipBench(configure: options => options with { MaxTransactions = 4 });
        for (var i = 0; i < 2; i++)
            bench.Receive(new PeerScript { CallId = $"options-{i}" }.InDialog("OPTIONS"));
        bench.TakeSent();

        bench.Receive(new PeerScript { CallId = "one-more" }.InDialog("OPTIONS"));
        bench.Receive(new PeerScript { CallId = "one-more" }.InDialog("OPTIONS"));
        bench.Receive(new PeerScript { CallId = "made-up", ToTag = "gone" }.Bye());
        bench.Receive(new PeerScript { CallId = "made-up" }.Cancel());
        Assert.Equal(["200 OK", "200 OK", "481 Call/Transaction Does Not Exist", "481 Call/Transaction Does Not Exist"], bench.TakeStartLines());
        Assert.Equal(2, bench.Agent.TransactionCount);
        bench.Receive(new PeerScript { CallId = "a-call" }.Invite());
        bench.Receive(new PeerScript { CallId = "a-second" }.Invite());
        Assert.Equal(["100 Trying", "100 Trying"], bench.TakeStartLines());   // their half
        bench.Receive(new PeerScript { CallId = "a-third" }.Invite());
        Assert.Equal(["503 Service Unavailable"], bench.TakeStartLines());
        Assert.Equal(1, bench.Agent.Metrics.DroppedCount);

        bench.Advance(33);
        bench.Receive(new PeerScript { CallId = "later" }.Invite());
        Assert.Equal(["100 Trying"], bench.TakeStartLines());
    }

    [Fact]
    public void Fault_of_the_host_ends_that_call_with_500_and_no_other()
    {
        var bench = new SipBench();
        var healthy = bench.Answered();
        bench.WhenInvited = _ => throw new InvalidOperationException("a bug");

        bench.Receive(new PeerScript { CallId = "unlucky" }.Invite());
        Assert.Equal(["100 Trying", "500 Server Internal Error"], bench.TakeStartLines());
        Assert.Equal(["invite", "transport failed"], bench.Events);
        Assert.Equal(1, bench.Agent.DialogCount);
        bench.Receive(healthy.Bye());

        Assert.Equal(["200 OK"], bench.TakeStartLines());
    }

    [Fact]
    public void Fault_within_an_answered_call_hangs_it_up()
    {
        var bench = new SipBench();
        var peer = bench.Answered();
        bench.WhenReinvited = _ => throw new InvalidOperationException("a bug");

        bench.Receive(peer.Reinvite());

        var lines = bench.TakeStartLines();
        Assert.Equal("100 Trying", lines[0]);
        Assert.Contains("487 Request Terminated", lines);
        Assert.Contains("BYE sip:caller@192.0.2.10:5070", lines);
        Assert.Equal(["reinvite", "transport failed"], bench.Events);
        Assert.Equal(0, bench.Agent.DialogCount);
    }

    [Fact]
    public void Fault_in_posted_work_ends_the_call_it_is_about()
    {
        var bench = new SipBench();
        bench.Answered();

        bench.Agent.Post(() => throw new InvalidOperationException("a bug"));
        Assert.Empty(bench.Events);
        bench.Agent.Post(() => throw new InvalidOperationException("a bug"), bench.Call!.SipCallId);

        Assert.Equal(["transport failed"], bench.Events);
    }

    [Fact]
    public void Answer_that_cannot_be_sent_ends_the_call()
    {
        var bench = new SipBench();
        bench.Receive(new PeerScript().Invite());
        bench.Wire.IsBroken = true;

        bench.Call!.Accept(Encoding.UTF8.GetBytes(SipBench.Sdp));

        Assert.Equal(["invite", "transport failed"], bench.Events);
        Assert.Equal(0, bench.Agent.DialogCount);
        bench.Advance(40);
        Assert.Equal(0, bench.Clock.ActiveTimers);
    }

    [Fact]
    public void Stray_response_is_dropped_and_counted()
    {
        var bench = new SipBench();

        bench.Receive("SIP/2.0 200 OK\nVia: SIP/2.0/UDP 198.51.100.5;branch=z9hG4bKnone\nFrom: <sip:a@b>;tag=1\nTo: <sip:c@d>;tag=2\nCall-ID: x\nCSeq: 1 BYE\n");

        Assert.Empty(bench.TakeSent());
        Assert.Equal(1, bench.Agent.Metrics.DroppedCount);
    }

    [Fact]
    public void Thousand_calls_of_every_kind_leave_nothing_behind()
    {
        var bench = new SipBench();
        for (var i = 0; i < 1_000; i++)
            OneCall(bench, i);

        bench.Advance(70);

        Assert.Equal(0, bench.Agent.DialogCount);
        Assert.Equal(0, bench.Agent.TransactionCount);
        Assert.Equal(0, bench.Clock.ActiveTimers);
    }

    [Fact]
    public void Connection_is_released_by_every_end_of_a_call()
    {
        var bench = new SipBench(SipProtocol.Tcp) { Connection = new() };
        for (var i = 0; i < 20; i++)
            OneCall(bench, i);

        bench.Advance(70);

        Assert.Equal(0, bench.Connection.Users);
    }

    /// <summary>Answered and ended by either side, cancelled, refused, never confirmed, or left by the caller.</summary>
    private static void OneCall(SipBench bench, int number)
    {
        var peer = new PeerScript { CallId = $"call-{number}" };
        bench.Receive(peer.Invite());
        switch (number % 5)
        {
            case 0:
                bench.Receive(peer.Cancel());
                return;
            case 1:
                bench.Call!.Reject(486);
                return;
        }
        bench.Call!.Accept(Encoding.UTF8.GetBytes(SipBench.Sdp));
        peer.Learn(bench.LastResponse());
        if (number % 5 == 2)
            return;
        bench.Receive(peer.Ack());
        if (number % 5 == 3)
            bench.Receive(peer.Bye());
        else
            bench.Call.Bye();
    }
}
