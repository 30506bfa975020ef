using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Benchmarks.Media;

namespace Benchmarks.Overload;

/// <summary>Offers calls at a steady pace, whatever becomes of those before; the accepted ones stay a while and hang up. Plain threads stamp what comes.</summary>
internal sealed class CallOffers : IDisposable
{
    private const int FirstNumber = 1_000_000;   // apart from the numbers of another phone's calls

    private readonly SipSocket _sip;
    private readonly Socket _rtp = LoopbackSocket.Bind();   // what comes there nobody reads
    private readonly TimeSpan _stay;
    private readonly SipRequests _requests;
    private readonly ConcurrentDictionary<int, PhoneLine> _lines = new();
    private readonly ConcurrentQueue<(long Due, PhoneLine Line)> _leaving = new();
    private OfferResult _result = new();
    private int _calls = FirstNumber;

    /// <param name="target">Whom it calls.</param>
    /// <param name="stay">How long accepted calls stay.</param>
    public CallOffers(IPEndPoint target, TimeSpan stay)
    {
        _stay = stay;
        _sip = new SipSocket(target, Take);
        _requests = new SipRequests(_sip.Local, target, ((IPEndPoint)_rtp.LocalEndPoint!).Port);
        _sip.Start();
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
        _sip.Dispose();
        _rtp.Dispose();
    }

    private PhoneLine Invite()
    {
        var line = new PhoneLine(++_calls);
        _lines[line.Number] = line;
        var invite = _requests.Invite(line.Number);
        _result.Offered++;
        line.Invite.Sent = Clock.Now;
        _sip.Send(invite);
        return line;
    }

    private void Leave()
    {
        while (_leaving.TryPeek(out var first) && first.Due <= Clock.Now && _leaving.TryDequeue(out first))
            _sip.Send(_requests.Bye(first.Line.Number, first.Line.RemoteTag));
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

    private void Take(SipAnswer answer)
    {
        if (answer.Status < 200 || answer.Method != "INVITE" || !_lines.TryGetValue(answer.Number, out var line))
            return;
        line.RemoteTag = SipRequests.ToTag(answer.Message);
        _sip.Send(_requests.Ack(line.Number, line.RemoteTag, isOfSuccess: answer.Status == 200));
        if (!line.Answered.TrySetResult(answer.Status))
            return;   // a repetition
        if (answer.Status == 200)
            _leaving.Enqueue((Clock.After(answer.Arrival, _stay.TotalMilliseconds), line));
        _result.Add(answer.Status, Clock.Milliseconds(line.Invite.Sent, answer.Arrival));
    }
}
