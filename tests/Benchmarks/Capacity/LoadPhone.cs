using System.Collections.Concurrent;
using System.Net;
using Benchmarks.Media;
using Telephony.Rtp.Srtp;

namespace Benchmarks.Capacity;

/// <summary>Many callers on two UDP sockets: one thread for SIP, one for what is heard, the pacer for what is said.</summary>
internal sealed class LoadPhone : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly SipSocket _sip;
    private readonly ArrivalSocket _rtp = new();
    private readonly LoadPacer _pacer;
    private readonly CallerVoice _voice;
    private readonly IPEndPoint _target;
    private readonly SipRequests _requests;
    private readonly SrtpMasterKey? _key;
    private readonly ConcurrentDictionary<int, LoadLine> _lines = new();
    private readonly ConcurrentDictionary<LoadLine, (int Phase, Action Send)> _speaking = new();
    private readonly LoadLine?[] _byPort = new LoadLine?[65_536];
    private readonly Thread _hearing;
    private int _calls;
    private volatile bool _isMeasuring;
    private volatile bool _closing;

    public LoadPhone(IPEndPoint target, LoadPacer pacer, CallerVoice voice, string user = "agent", SrtpSuite? suite = null)
    {
        (_target, _pacer, _voice) = (target, pacer, voice);
        _sip = new SipSocket(target, TakeAnswer);
        // One key for all calls will do for a load: each stream has an SSRC of its own.
        _key = suite is null ? null : SrtpMasterKey.Create(suite);
        _requests = new SipRequests(_sip.Local, target, _rtp.LocalEndPoint.Port)
        {
            User = user,
            PayloadType = voice.PayloadType,
            RtpMap = voice.RtpMap,
            Crypto = _key is null ? "" : $"{_key.Suite} inline:{_key.ToBase64()}",
        };
        _hearing = new Thread(ReceiveRtp) { Name = "load rtp", IsBackground = true };
        _sip.Start();
        _hearing.Start();
    }

    /// <summary>How far packets were from the distance that their numbers ask for.</summary>
    public GapHistogram Gaps { get; } = new();

    /// <summary>Counts from here on.</summary>
    public void StartMeasuring(IEnumerable<LoadLine> lines)
    {
        foreach (var line in lines)
            line.Restart();
        Gaps.Clear();
        _isMeasuring = true;
    }

    public void StopMeasuring() => _isMeasuring = false;

    /// <summary>Calls and waits for the final answer; who is taken speaks from then on.</summary>
    /// <returns>The call, and its status.</returns>
    public async Task<(LoadLine Line, int Status)> CallAsync()
    {
        var line = new LoadLine(Interlocked.Increment(ref _calls), _voice);
        _lines[line.Number] = line;
        var invite = _requests.Invite(line.Number);
        line.InviteSent = Clock.Now;
        _sip.Send(invite);
        var status = await line.Answered.Task.WaitAsync(Patience);
        if (status == 200)
        {
            Action send = () => Speak(line);
            _speaking[line] = (_pacer.Add(send), send);
        }
        else
            _lines.TryRemove(line.Number, out _);
        return (line, status);
    }

    private void Speak(LoadLine line)
    {
        try
        {
            line.Send(_rtp);
        }
        catch (ObjectDisposedException)
        {
            // The pacer had taken this call's turn when the phone was closed.
        }
    }

    /// <summary>Ends a call and waits for the answer to BYE.</summary>
    public async Task HangUpAsync(LoadLine line)
    {
        if (_speaking.TryRemove(line, out var speaking))
            _pacer.Remove(speaking.Phase, speaking.Send);
        _sip.Send(_requests.Bye(line.Number, line.RemoteTag));
        await line.Ended.Task.WaitAsync(Patience);
        _lines.TryRemove(line.Number, out _);
    }

    public void Dispose()
    {
        foreach (var (phase, send) in _speaking.Values)
            _pacer.Remove(phase, send);
        _closing = true;
        _sip.Dispose();
        _hearing.Join();
        foreach (var line in _lines.Values)
            line.Dispose();
        _rtp.Dispose();
    }

    private void TakeAnswer(SipAnswer answer)
    {
        if (!_lines.TryGetValue(answer.Number, out var line))
            return;
        if (answer.Method == "BYE")
            line.Ended.TrySetResult();
        if (answer.Method != "INVITE" || answer.Status < 200)
            return;
        line.RemoteTag = SipRequests.ToTag(answer.Message);
        _sip.Send(_requests.Ack(line.Number, line.RemoteTag, isOfSuccess: answer.Status < 300));
        if (line.AnswerArrived != 0)
            return;
        line.AnswerArrived = answer.Arrival;
        if (answer.Status == 200)
            Connect(line, new IPEndPoint(_target.Address, SipRequests.RtpPort(answer.Message)), SipRequests.MediaKey(answer.Message));
        line.Answered.TrySetResult(answer.Status);
    }

    private void Connect(LoadLine line, IPEndPoint rtp, string mediaKey)
    {
        if (_key is not null && SrtpMasterKey.TryParse(_key.Suite, mediaKey, out var peerKey))
            line.Secure(_key, peerKey);
        _byPort[rtp.Port] = line;
        line.Target = rtp.Serialize();
    }

    private void ReceiveRtp()
    {
        while (!_closing)
            _rtp.Receive(Hear);
    }

    private void Hear(int port, long arrivalNs, ReadOnlySpan<byte> datagram)
    {
        if (_isMeasuring && datagram.Length > 12)
            _byPort[port]?.Hear(arrivalNs, datagram, Gaps);
    }
}
