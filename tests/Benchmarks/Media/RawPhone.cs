using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Benchmarks.Media;

/// <summary>A phone with many lines on two UDP sockets: plain blocking threads stamp what comes, one paces what goes.</summary>
/// <remarks>Plainer than the simulated caller, because every figure contains the delay of the instrument.</remarks>
internal sealed class RawPhone : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SipSocket _sip;
    private readonly Socket _rtp = LoopbackSocket.Bind();
    private readonly IPEndPoint _target;
    private readonly SipRequests _requests;
    private readonly ConcurrentDictionary<int, PhoneLine> _lines = new();
    private readonly ConcurrentDictionary<int, PhoneLine> _linesByPort = new();
    private readonly RtpPacer _pacer;
    private readonly Thread _hearing;
    private int _calls;
    private volatile bool _closing;

    public RawPhone(IPEndPoint target)
    {
        _target = target;
        _sip = new SipSocket(target, TakeAnswer);
        _requests = new SipRequests(_sip.Local, target, ((IPEndPoint)_rtp.LocalEndPoint!).Port);
        _pacer = new RtpPacer((packet, to) => _rtp.SendTo(packet, SocketFlags.None, to));
        _hearing = new Thread(ReceiveRtp) { IsBackground = true };
        _sip.Start();
        _hearing.Start();
    }

    /// <summary>Where the RTP of a call goes instead, for a network between; nowhere else where it is null.</summary>
    public Func<IPEndPoint, IPEndPoint>? Detour { get; set; }

    /// <summary>The furthest that an RTP packet left behind its schedule since the last call began, in ms.</summary>
    public double WorstLatenessMs => _pacer.WorstLatenessMs;

    /// <summary>Calls and waits for the answer; RTP flows from then on, at a random phase.</summary>
    /// <exception cref="IOException">The call was refused.</exception>
    public async Task<PhoneLine> CallAsync()
    {
        var line = new PhoneLine(++_calls);
        _lines[line.Number] = line;
        var invite = _requests.Invite(line.Number);
        line.Invite.Sent = Clock.Now;
        _sip.Send(invite);
        var status = await line.Answered.Task.WaitAsync(Patience);
        if (status != 200)
            throw new IOException($"The agent answered {status}.");
        _pacer.Add(line);
        return line;
    }

    /// <summary>Ends a call and waits for the answer to BYE.</summary>
    public async Task HangUpAsync(PhoneLine line)
    {
        _pacer.Remove(line);
        _sip.Send(_requests.Bye(line.Number, line.RemoteTag));
        await line.Ended.Task.WaitAsync(Patience);
    }

    public void Dispose()
    {
        _closing = true;
        _pacer.Dispose();
        _sip.Dispose();
        _rtp.SendTo([0], _rtp.LocalEndPoint!);   // a datagram of its own ends the blocking receive
        _hearing.Join();
        _rtp.Dispose();
    }

    private void TakeAnswer(SipAnswer answer)
    {
        if (!_lines.TryGetValue(answer.Number, out var line))
            return;
        if (answer.Method == "BYE")
            line.Ended.TrySetResult();
        else if (answer.Status == 100)
            line.Invite.Trying = answer.Arrival;
        else if (answer.Status >= 200)
            TakeFinalAnswer(line, answer);
    }

    private void TakeFinalAnswer(PhoneLine line, in SipAnswer answer)
    {
        line.RemoteTag = SipRequests.ToTag(answer.Message);
        _sip.Send(_requests.Ack(line.Number, line.RemoteTag));
        if (answer.Status == 200 && line.RtpTarget is null)
        {
            line.Invite.Answered = answer.Arrival;
            var rtp = new IPEndPoint(_target.Address, SipRequests.RtpPort(answer.Message));
            _linesByPort[rtp.Port] = line;
            line.RtpTarget = (Detour?.Invoke(rtp) ?? rtp).Serialize();
        }
        line.Answered.TrySetResult(answer.Status);
    }

    private void ReceiveRtp()
    {
        var datagram = new byte[2048];
        var from = new SocketAddress(AddressFamily.InterNetwork);
        while (!_closing)
        {
            var length = _rtp.ReceiveFrom(datagram, SocketFlags.None, from);
            var arrival = Clock.Now;
            var port = (from[2] << 8) | from[3];   // sockaddr_in: big-endian after the family
            if (length > 12 && _linesByPort.TryGetValue(port, out var line))
                line.Hear(datagram.AsSpan(0, length), arrival);
        }
    }
}
