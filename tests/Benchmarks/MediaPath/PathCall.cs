using System.Net;
using System.Net.Sockets;
using Benchmarks.Capacity;
using GeminiLive;
using Telephony.Codecs;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sdp;
using VoiceAgent.Audio;
using VoiceAgent.Calls;
using VoiceAgent.TurnTaking;

namespace Benchmarks.MediaPath;

/// <summary>One call's whole media path, both ways, as the service builds it, without the system's part: what it sends is refused before a system call.</summary>
internal sealed class PathCall : IMediaListener, IDisposable
{
    private const uint FrameUnits = 160;
    private const uint Ssrc = 0x5EED;
    private const int MostQueued = PlayoutBuffer.RateHz / 5;   // more comes while the agent is held

    private readonly MediaCounters _counters = new();
    private readonly SendSchedule _schedule = new();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    // Nobody may send there unasked: the first packet is refused by the system, and the following ones by the memory of that.
    private readonly SocketAddress _to = new IPEndPoint(IPAddress.Broadcast, 9).Serialize();
    private readonly byte[] _datagram = new byte[RtpPacket.FixedHeaderBytes + FrameUnits];
    private readonly CallerVoice _voice;
    private readonly CallerStream _stream;
    private readonly ReceivePath _receive;
    private readonly SendPath _send;
    private readonly PlayoutBuffer _playout = new(TimeSpan.FromMinutes(2));
    private readonly Uplink _uplink = new(chunkMs: 20);
    private readonly short[] _chunk = new short[Uplink.RateHz / 50];
    private int _frame;

    public PathCall(CallerVoice voice, TimeProvider time, int firstFrame)
    {
        (_voice, _frame) = (voice, firstFrame);
        var options = new RtpOptions();
        var sourceLock = new SourceLock(AddressFamily.InterNetwork, options.RelockAfter.ToNs());
        sourceLock.Expect(_to, time.GetTimestamp());
        _stream = new CallerStream(sourceLock, options, this, _counters);
        var tap = new SoundTap(time);
        var speech = new CallerSpeech(time);
        var line = new LineAudio(_playout, time) { Echo = new EchoGate(), Pause = new BargeInPause(_playout, TimeSpan.FromSeconds(1), time), Response = new ResponseLatency(speech, time) };
        var media = new NegotiatedMedia
        {
            RemoteRtp = new IPEndPoint(IPAddress.Loopback, 9),
            RemoteRtcp = new IPEndPoint(IPAddress.Loopback, 9),
            Codec = CodecCatalog.Pcmu,
            SendPayloadType = 0,
            ReceivePayloadType = 0,
            TelephoneEventPayloadType = 101,
            SendTelephoneEventPayloadType = 101,
            PtimeMs = 20,
            Direction = MediaDirection.SendRecv,
        };
        _receive = new ReceivePath(media, _stream, tap.Heard(new CallerAudio(_uplink, speech, line, gain: null)), options, _counters);
        _send = new SendPath(media, tap.Sent(line), new RtpSender(new RtpSocket(_socket)), _schedule, new DigitSender((_, _) => { }), _counters);
        _receive.Apply(media, time.GetTimestamp());
        _send.Apply(media);
        _schedule.Start(time.GetTimestamp());
        _stream.Timeline.Start(time.GetTimestamp());
    }

    /// <summary>What other threads do in each frame: the model's sound comes, the caller's goes.</summary>
    public void Exchange(ReadOnlySpan<short> agent)
    {
        if (_playout.QueuedSamples < MostQueued)
            _playout.Write(agent, PlayoutBuffer.RateHz, turn: 1);
        _uplink.TryRead(_chunk);
        _frame++;
        RtpWriter.WriteHeader(_datagram, payloadType: 0, marker: false, (ushort)_frame, (uint)_frame * FrameUnits, Ssrc);
        _voice.Frame(_frame).CopyTo(_datagram.AsSpan(RtpPacket.FixedHeaderBytes));
    }

    /// <summary>The caller's next packet has come.</summary>
    public void Receive(long nowNs) => _stream.OnDatagram(_datagram, _to, _receive, nowNs);

    /// <summary>The next packet is due.</summary>
    public void Send(long nowNs) => _send.Tick(_to, nowNs);

    /// <summary>Whether both ways did their work.</summary>
    public bool Works => _counters.PacketsReceived > 0 && _counters.PacketsForeign == 0 && _counters.SilenceUs == 0 && _counters.SendErrors > 0
        && _uplink.WrittenSamples == _counters.PacketsReceived * Uplink.RateHz / 50;

    public void OnFirstPacket()
    {
    }

    public void OnDigit(char digit, int durationMs)
    {
    }

    public void OnDigitsSent(string sent, string unsent)
    {
    }

    public void OnTimeout()
    {
    }

    public void OnFailed(Exception fault)
    {
    }

    public void Dispose() => _socket.Dispose();
}
