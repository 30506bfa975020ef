using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Goal A13: three of ten SIP datagrams are lost, in each direction, and calls are set up and ended all the same.</summary>
public sealed class LossTests
{
    private const double Loss = 0.3;
    private const int Calls = 1_000;
    private const double TickSeconds = 0.05;

    [Fact]
    public void Lost_datagrams_lose_no_calls()
    {
        var random = new Random(13);
        int setUp = 0, duplicates = 0, zombies = 0;
        for (var call = 0; call < Calls; call++)
        {
            var bench = new SipBench { WhenInvited = invite => invite.Accept(Encoding.UTF8.GetBytes(SipBench.Sdp)) };
            bench.WhenAcked = () => setUp++;
            new LossyCaller(bench, random, hangsUp: call % 2 == 0).Run();
            duplicates += Math.Max(0, bench.Events.Count(told => told == "invite") - 1);   // none at all when every copy was lost
            zombies += bench.Agent.DialogCount;
        }

        Assert.InRange(setUp, Calls * 999 / 1000, Calls);
        Assert.Equal(0, duplicates);
        Assert.Equal(0, zombies);
    }

    /// <summary>A caller that repeats its requests as RFC 3261 says, over a line that loses messages both ways.</summary>
    private sealed class LossyCaller(SipBench bench, Random random, bool hangsUp)
    {
        private readonly PeerScript _peer = new();
        private string? _pending;
        private double _nextSend;
        private double _wait;
        private bool _isConfirmed;
        private bool _isOver;
        private int _seen;

        public void Run()
        {
            Start(_peer.Invite());
            for (double now = 0; now < 100; now += TickSeconds)
            {
                if (_pending is not null && now >= _nextSend)
                    Repeat(now);
                Listen();
                if (_isConfirmed && !_isOver && _pending is null && now > 40)
                    HangUp();
                bench.Advance(TickSeconds);
            }
        }

        private void HangUp()
        {
            if (hangsUp)
                Start(_peer.Bye());
            else
                bench.Call!.Bye();
            _isOver = true;
        }

        private void Start(string request) => (_pending, _nextSend, _wait) = (request, 0, 0.5);

        private void Repeat(double now)
        {
            Send(_pending!);
            (_nextSend, _wait) = (now + _wait, _wait * 2);
        }

        private void Send(string text)
        {
            if (random.NextDouble() >= Loss)
                bench.Receive(text);
        }

        private void Listen()
        {
            for (; _seen < bench.Wire.Sent.Count; _seen++)
            {
                if (random.NextDouble() < Loss)
                    continue;
                var message = SipParser.Parse(Encoding.UTF8.GetBytes(bench.Wire.Sent[_seen].Text)).Message;
                if (message is SipRequest bye)
                    Send(PeerScript.Response(bye, 200));
                else
                    Take((SipResponse)message!);
            }
        }

        private void Take(SipResponse response)
        {
            if (response.CSeq.Method == SipMethods.Bye)
                _pending = null;
            else if (response.IsProvisional && !_isConfirmed)
                _pending = null;   // the answer repeats itself
            else if (response.IsSuccess)
                Confirm(response);
        }

        private void Confirm(SipResponse answer)
        {
            if (!_isConfirmed)
                (_isConfirmed, _pending) = (true, null);
            _peer.Learn(answer);
            Send(_peer.Ack(cseq: 1));
        }
    }
}
