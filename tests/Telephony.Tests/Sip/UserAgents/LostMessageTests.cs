using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Goal A13's named cases: one message is lost on the way, and nothing comes of it but a little time, on the schedule of T1.</summary>
public sealed class LostMessageTests
{
    private static readonly byte[] Sdp = Encoding.UTF8.GetBytes(SipBench.Sdp);

    private readonly SipBench _bench = new();
    private readonly PeerScript _peer = new();

    [Fact]
    public void Invite_retransmit()
    {
        var invite = _peer.Invite();
        _bench.Receive(invite);
        _bench.Call!.Ring();
        _bench.TakeSent();

        _bench.Receive(invite);   // our 180 was lost

        Assert.Equal(["180 Ringing"], _bench.TakeStartLines());
        Assert.Equal(["invite"], _bench.Events);
    }

    [Fact]
    public void Ack_lost()
    {
        _bench.Receive(_peer.Invite());
        _bench.Call!.Accept(Sdp);
        _peer.Learn(_bench.LastResponse());
        _bench.TakeSent();

        Assert.Equal([0.5, 1.5, 3.5], SentAt(4, "200"));
        _bench.Receive(_peer.Ack());
        Assert.Empty(SentAt(30, "200"));
        Assert.Equal(["invite", "ack 0"], _bench.Events);
    }

    [Fact]
    public void Bye_lost()
    {
        Confirm();
        _bench.Call!.Bye();
        var bye = _bench.LastRequest();
        _bench.TakeSent();

        Assert.Equal([0.5, 1.5, 3.5, 7.5], SentAt(8, "BYE"));
        _bench.Receive(PeerScript.Response(bye, 200, ""));
        Assert.Empty(SentAt(30, "BYE"));
        Assert.Equal("bye completed", _bench.Events[^1]);
    }

    [Fact]
    public void Refer_lost()
    {
        Confirm();
        Assert.True(_bench.Call!.Refer(new SipUri { Host = "192.0.2.99" }));
        var refer = _bench.LastRequest();
        _bench.TakeSent();

        Assert.Equal([0.5, 1.5], SentAt(2, "REFER"));
        _bench.Receive(PeerScript.Response(refer, 202, ""));
        Assert.Empty(SentAt(20, "REFER"));
        _bench.Receive(_peer.InDialog("NOTIFY", "Event: refer\nContent-Type: message/sipfrag\n", "SIP/2.0 200 OK\n"));
        Assert.Equal("transfer Accepted 200", _bench.Events[^1]);
    }

    [Fact]
    public void Cancel_lost()
    {
        _bench.Receive(_peer.Invite());
        _bench.Call!.Ring();
        var cancel = _peer.Cancel();
        _bench.Receive(cancel);
        var refusal = _bench.LastResponse();
        _bench.TakeSent();

        _bench.Receive(cancel);   // the 200 of the CANCEL was lost
        Assert.Equal(["200 OK"], _bench.TakeStartLines());
        Assert.Equal([0.5, 1.5, 3.5], SentAt(4, "487"));
        _bench.Receive(_peer.AckOfRefusal(refusal));
        Assert.Empty(SentAt(20, "487"));
        Assert.Equal(["invite", "cancelled"], _bench.Events);
    }

    [Fact]
    public void Reinvite_lost()
    {
        Confirm();
        _bench.Call!.Dialog.Reoffer();
        var reinvite = _bench.LastRequest();
        _bench.TakeSent();

        Assert.Equal([0.5, 1.5, 3.5], SentAt(4, "INVITE"));
        _bench.Receive(PeerScript.Response(reinvite, 200, "", SipBench.Sdp));
        Assert.Empty(SentAt(30, "INVITE"));
        Assert.Equal($"reoffered 200 {SipBench.Sdp.Length}", _bench.Events[^1]);
    }

    private void Confirm()
    {
        _bench.Receive(_peer.Invite());
        _bench.Call!.Accept(Sdp);
        _peer.Learn(_bench.LastResponse());
        _bench.Receive(_peer.Ack());
        _bench.TakeSent();
    }

    /// <summary>When messages that begin so go out, in seconds from now.</summary>
    private List<double> SentAt(int seconds, string start)
    {
        List<double> at = [];
        for (var tenths = 1; tenths <= seconds * 10; tenths++)
        {
            _bench.Advance(0.1);
            at.AddRange(_bench.TakeStartLines().Where(line => line.StartsWith(start, StringComparison.Ordinal)).Select(_ => tenths / 10.0));
        }
        return at;
    }
}
