using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>What happens between our 200 and its ACK.</summary>
public sealed class AckTests
{
    private static readonly byte[] Sdp = Encoding.UTF8.GetBytes(SipBench.Sdp);

    [Fact]
    public void Answer_is_repeated_from_T1_doubling_to_T2_then_bye_after_64_T1()
    {
        var bench = new SipBench();
        bench.Answered(isAcked: false);
        var start = bench.Clock.GetTimestamp();
        var times = new List<double>();
        for (var tick = 0; tick < 330; tick++)
        {
            bench.Advance(0.1);
            if (bench.TakeStartLines().Any(line => line == "200 OK"))
                times.Add(Math.Round((bench.Clock.GetTimestamp() - start) / (double)TimeSpan.TicksPerSecond, 1));
        }

        Assert.Equal([0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5], times);
        Assert.Equal("BYE", bench.LastRequest().Method);
        Assert.Equal(["ack timeout"], bench.Events);
        bench.Receive(PeerScript.Response(bench.LastRequest(), 481));
        Assert.Equal(["ack timeout", "bye completed"], bench.Events);
        Assert.Equal(0, bench.Agent.DialogCount);
    }

    [Fact]
    public void Lost_200_is_repeated_and_its_ack_stops_it()
    {
        var bench = new SipBench();
        var peer = bench.Answered(isAcked: false);

        bench.Advance(0.6);
        Assert.Equal(["200 OK"], bench.TakeStartLines());
        bench.Receive(peer.Ack());
        bench.Advance(40);

        Assert.Empty(bench.TakeSent());
        Assert.Equal(["ack 0"], bench.Events);
    }

    [Fact]
    public void Second_ack_is_not_told_again()
    {
        var bench = new SipBench();
        var peer = bench.Answered();

        bench.Receive(peer.Ack());

        Assert.Empty(bench.Events);
    }

    [Fact]
    public void Ack_with_the_branch_of_the_invite_confirms_too()
    {
        var bench = new SipBench();
        var peer = bench.Answered(isAcked: false);

        bench.Receive(peer.Request("ACK", peer.InviteBranch, 1));

        Assert.Equal(["ack 0"], bench.Events);
    }

    [Fact]
    public void Bye_of_ours_waits_for_the_ack()
    {
        var bench = new SipBench();
        var peer = bench.Answered(isAcked: false);

        bench.Call!.Bye("SIP;cause=200");
        Assert.Empty(bench.TakeSent());
        bench.Receive(peer.Ack());

        Assert.Equal("BYE", bench.LastRequest().Method);
        Assert.Equal("SIP;cause=200", bench.LastRequest().Headers.GetFirst(HeaderNames.Reason));
        bench.Receive(PeerScript.Response(bench.LastRequest(), 200));
        Assert.Equal(["ack 0", "bye completed"], bench.Events);
    }

    [Fact]
    public void Bye_of_the_caller_before_its_ack_ends_the_call()
    {
        var bench = new SipBench();
        var peer = bench.Answered(isAcked: false);

        bench.Receive(peer.Bye());
        Assert.Equal(["200 OK"], bench.TakeStartLines());
        bench.Advance(40);

        Assert.Empty(bench.TakeSent());
        Assert.Equal(["bye"], bench.Events);
    }

    [Fact]
    public void Ack_of_nothing_is_dropped_without_a_sound()
    {
        var bench = new SipBench();

        bench.Receive(new PeerScript { ToTag = "unknown" }.Ack());

        Assert.Empty(bench.TakeSent());
        Assert.Equal(1, bench.Agent.Metrics.DroppedCount);
    }

    [Fact]
    public void Host_may_hang_up_inside_the_ack()
    {
        var bench = new SipBench();
        bench.WhenAcked = () => bench.Call!.Bye();
        bench.WhenInvited = invite => invite.Accept(Sdp);
        var peer = new PeerScript();
        bench.Receive(peer.Invite());
        peer.Learn(bench.LastResponse());
        bench.TakeSent();

        bench.Receive(peer.Ack());

        Assert.Single(bench.TakeSent());
        Assert.Equal("BYE", bench.LastRequest().Method);
    }
}
