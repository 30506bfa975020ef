using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Benchmarks.Media;

/// <summary>A phone with many lines on two UDP sockets: plain blocking threads stamp what comes, one paces what goes.</summary>
/// <remarks>Plainer than the simulated caller, because every figure contains the delay of the instrument.</remarks>
internal sealed class RawPhone : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _sip = Bind();
    private readonly Socket _rtp = Bind();
    private readonly IPEndPoint _target;
    private readonly SipRequests _requests;
    private readonly ConcurrentDictionary<int, PhoneLine> _lines = new();
    private readonly ConcurrentDictionary<int, PhoneLine> _linesByPort = new();
    private readonly RtpPacer _pacer;
    private readonly Thread[] _threads;
    private int _calls;
    private volatile bool _closing;

    public RawPhone(IPEndPoint target)
    {
        _target = target;
        _requests = new SipRequests((IPEndPoint)_sip.LocalEndPoint!, target, ((IPEndPoint)_rtp.LocalEndPoint!).Port);
        _pacer = new RtpPacer((packet, to) => _rtp.SendTo(packet, SocketFlags.None, to));
        _threads = [new Thread(ReceiveSip) { IsBackground = true }, new Thread(ReceiveRtp) { IsBackground = true }];
        Array.ForEach(_threads, thread => thread.Start());
    }

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
        _sip.SendTo(invite, _target);
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
        _sip.SendTo(_requests.Bye(line.Number, line.RemoteTag), _target);
        await line.Ended.Task.WaitAsync(Patience);
    }

    public void Dispose()
    {
        _closing = true;
        _pacer.Dispose();
        // A datagram of its own ends each blocking receive.
        _sip.SendTo([0], _sip.LocalEndPoint!);
        _rtp.SendTo([0], _rtp.LocalEndPoint!);
        Array.ForEach(_threads, thread => thread.Join());
        _sip.Dispose();
        _rtp.Dispose();
    }

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void ReceiveSip()
    {
        var datagram = new byte[4096];
        while (!_closing)
        {
            var length = _sip.Receive(datagram);
            var arrival = Clock.Now;
            var message = Encoding.UTF8.GetString(datagram, 0, length);
            if (SipRequests.TryRead(message, out var status, out var method, out var number) && _lines.TryGetValue(number, out var line))
                TakeAnswer(line, status, method, message, arrival);
        }
    }

    private void TakeAnswer(PhoneLine line, int status, string method, string message, long arrival)
    {
        if (method == "BYE")
            line.Ended.TrySetResult();
        else if (status == 100)
            line.Invite.Trying = arrival;
        else if (status >= 200)
            TakeFinalAnswer(line, status, message, arrival);
    }

    private void TakeFinalAnswer(PhoneLine line, int status, string message, long arrival)
    {
        line.RemoteTag = SipRequests.ToTag(message);
        _sip.SendTo(_requests.Ack(line.Number, line.RemoteTag), _target);
        if (status == 200 && line.RtpTarget is null)
        {
            line.Invite.Answered = arrival;
            var rtp = new IPEndPoint(_target.Address, SipRequests.RtpPort(message));
            _linesByPort[rtp.Port] = line;
            line.RtpTarget = rtp.Serialize();
        }
        line.Answered.TrySetResult(status);
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
