using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Benchmarks.Media;

namespace Benchmarks.Overload;

/// <summary>Offers calls at a steady pace, whatever becomes of those before; the accepted ones stay a while and hang up. Plain threads stamp what comes.</summary>
internal sealed class CallOffers : IDisposable
{
    private const int FirstNumber = 1_000_000;   // apart from the numbers of another phone's calls

    private readonly Socket _sip = Bind();
    private readonly Socket _rtp = Bind();   // what comes there nobody reads
    private readonly IPEndPoint _target;
    private readonly TimeSpan _stay;
    private readonly SipRequests _requests;
    private readonly ConcurrentDictionary<int, PhoneLine> _lines = new();
    private readonly ConcurrentQueue<(long Due, PhoneLine Line)> _leaving = new();
    private readonly Thread _receiving;
    private OfferResult _result = new();
    private int _calls = FirstNumber;
    private volatile bool _closing;

    /// <param name="target">Whom it calls.</param>
    /// <param name="stay">How long accepted calls stay.</param>
    public CallOffers(IPEndPoint target, TimeSpan stay)
    {
        (_target, _stay) = (target, stay);
        _sip.ReceiveBufferSize = 1 << 20;
        _requests = new SipRequests((IPEndPoint)_sip.LocalEndPoint!, target, ((IPEndPoint)_rtp.LocalEndPoint!).Port);
        _receiving = new Thread(Receive) { IsBackground = true };
        _receiving.Start();
    }

    /// <summary>Offers calls and waits until the last of them is over; blocks.</summary>
    /// <param name="callsPerSecond">The pace.</param>
    /// <param name="duration">For how long.</param>
    public OfferResult Offer(double callsPerSecond, TimeSpan duration)
    {
        _result = new OfferResult { Duration = duration };
        var start = Clock.Now;
        for (var due = start; Clock.Milliseconds(start, due) < duration.TotalMilliseconds; due = Clock.After(due, 1_000 / callsPerSecond))
        {
            Clock.SleepUntil(due);
            Invite();
            Leave();
        }
        _result.TimeToNextAcceptedMs = TimeToAccepted();
        Clock.SleepUntil(Clock.After(Clock.Now, _stay.TotalMilliseconds + 300));
        Leave();
        Clock.SleepUntil(Clock.After(Clock.Now, 300));
        return _result;
    }

    public void Dispose()
    {
        _closing = true;
        _sip.SendTo([0], _sip.LocalEndPoint!);   // ends the blocking receive
        _receiving.Join();
        _sip.Dispose();
        _rtp.Dispose();
    }

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private PhoneLine Invite()
    {
        var line = new PhoneLine(++_calls);
        _lines[line.Number] = line;
        var invite = _requests.Invite(line.Number);
        _result.Offered++;
        line.Invite.Sent = Clock.Now;
        _sip.SendTo(invite, _target);
        return line;
    }

    private void Leave()
    {
        while (_leaving.TryPeek(out var first) && first.Due <= Clock.Now && _leaving.TryDequeue(out first))
            _sip.SendTo(_requests.Bye(first.Line.Number, first.Line.RemoteTag), _target);
    }

    /// <summary>One call after the other until one is accepted: ms from now.</summary>
    private double TimeToAccepted()
    {
        var from = Clock.Now;
        var result = _result;
        while (result.Unanswered > 0 && Clock.Milliseconds(from, Clock.Now) < 1_000)
            Thread.Sleep(1);
        _result = new OfferResult();   // these are no part of the ramp
        while (Clock.Milliseconds(from, Clock.Now) < 10_000)
        {
            var line = Invite();
            Leave();
            if (line.Answered.Task.Wait(1_000) && line.Answered.Task.Result == 200)
                break;
            Thread.Sleep(10);
        }
        _result = result;
        return Clock.Milliseconds(from, Clock.Now);
    }

    private void Receive()
    {
        var datagram = new byte[4096];
        while (!_closing)
        {
            var length = _sip.Receive(datagram);
            var arrival = Clock.Now;
            var message = Encoding.UTF8.GetString(datagram, 0, length);
            if (SipRequests.TryRead(message, out var status, out var method, out var number) && status >= 200 && method == "INVITE" && _lines.TryGetValue(number, out var line))
                Take(line, status, message, arrival);
        }
    }

    private void Take(PhoneLine line, int status, string message, long arrival)
    {
        line.RemoteTag = SipRequests.ToTag(message);
        _sip.SendTo(_requests.Ack(line.Number, line.RemoteTag, isOfSuccess: status == 200), _target);
        if (!line.Answered.TrySetResult(status))
            return;   // a repetition
        if (status == 200)
            _leaving.Enqueue((Clock.After(arrival, _stay.TotalMilliseconds), line));
        _result.Add(status, Clock.Milliseconds(line.Invite.Sent, arrival));
    }
}
