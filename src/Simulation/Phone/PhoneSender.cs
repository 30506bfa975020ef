using System.Diagnostics;
using System.Net.Sockets;
using Telephony.Codecs;

namespace Simulation.Phone;

/// <summary>Said audio and digits -> RTP packets, one per tick of the phone clock.</summary>
/// <remarks>Owned by the phone clock's thread.</remarks>
internal sealed class PhoneSender
{
    private const int MaxPayloadBytes = 480;   // 60 ms of G.711

    private readonly Socket _socket;
    private readonly SaidAudio _said;
    private readonly DigitQueue _digits;
    private readonly CallTimeline _timeline;
    private readonly short[] _frame;
    private readonly byte[] _packet = new byte[RtpHeader.Bytes + MaxPayloadBytes];
    private readonly uint _ssrc = (uint)Random.Shared.NextInt64(uint.MaxValue);
    private ushort _sequenceNumber = (ushort)Random.Shared.Next(ushort.MaxValue);
    private uint _timestamp = (uint)Random.Shared.NextInt64(uint.MaxValue);
    private uint _digitTimestamp;
    private IAudioEncoder? _encoder;
    private string _encoderName = "";
    private bool _wasSending;
    private bool _wasSpeaking;
    private bool _hasBegun;

    public PhoneSender(Socket socket, SaidAudio said, DigitQueue digits, CallTimeline timeline, int ptimeMs)
    {
        (_socket, _said, _digits, _timeline) = (socket, said, digits, timeline);
        _frame = new short[ptimeMs * HeardAudio.SampleRateHz / 1000];
    }

    /// <summary>Packets sent.</summary>
    public int Packets { get; private set; }

    /// <summary>Sends the packet of one packet time, or on hold only lets the time pass.</summary>
    public void Send(MediaTarget target, long mediaStart, long now)
    {
        if (!_hasBegun)
            AlignRecord(mediaStart, now);
        if (!target.Sending)
            _frame.AsSpan().Clear();
        else if (!TrySendDigit(target))
            SendAudio(target);
        _said.Record(_frame);
        _timestamp += (uint)_frame.Length;
        _wasSending = target.Sending;
    }

    /// <summary>Lets packet times pass without packets.</summary>
    public void Skip(int packets)
    {
        _timestamp += (uint)(packets * _frame.Length);
        _frame.AsSpan().Clear();
        for (var i = 0; _hasBegun && i < packets; i++)
            _said.Record(_frame);
    }

    // Both sides of the recording begin at the same moment.
    private void AlignRecord(long mediaStart, long now)
    {
        var silence = (int)(Stopwatch.GetElapsedTime(mediaStart, now).TotalSeconds * HeardAudio.SampleRateHz);
        _said.Record(new short[Math.Max(0, silence)]);
        _hasBegun = true;
    }

    private bool TrySendDigit(MediaTarget target)
    {
        if (target.EventPayloadType is not { } payloadType)
            return false;
        if (!_digits.TryNext(_packet.AsSpan(RtpHeader.Bytes), out var isFirst, out var pressed))
            return false;
        if (isFirst)
        {
            _digitTimestamp = _timestamp;   // one timestamp for the whole digit (RFC 4733 section 2.2)
            _timeline.Add(CallEventKind.Digit, $"caller presses {pressed}");
        }
        _frame.AsSpan().Clear();
        SendPacket(target, payloadType, isFirst, _digitTimestamp, DigitQueue.PayloadBytes);
        return true;
    }

    private void SendAudio(MediaTarget target)
    {
        var speech = _said.Read(_frame);
        NoteSpeech(speech > 0);
        var bytes = Encoder(target.Codec).Encode(_frame, _packet.AsSpan(RtpHeader.Bytes));
        SendPacket(target, target.Codec.PayloadType, !_wasSending, _timestamp, bytes);
    }

    private void SendPacket(MediaTarget target, byte payloadType, bool marker, uint timestamp, int payloadBytes)
    {
        new RtpHeader(payloadType, marker, _sequenceNumber++, timestamp, _ssrc).Write(_packet);
        try
        {
            _socket.SendTo(_packet.AsSpan(0, RtpHeader.Bytes + payloadBytes), target.Remote);
            Packets++;
        }
        catch (SocketException)
        {
            // No route or a full buffer: the packet is lost, as on any network.
        }
    }

    private void NoteSpeech(bool speaking)
    {
        if (speaking != _wasSpeaking)
            _timeline.Add(speaking ? CallEventKind.CallerSpeaking : CallEventKind.CallerSilent, speaking ? "caller speaks" : "caller silent");
        _wasSpeaking = speaking;
    }

    private IAudioEncoder Encoder(SdpCodec codec)
    {
        if (_encoder is null || _encoderName != codec.Name)
            (_encoder, _encoderName) = (CodecCatalog.CreateEncoder(codec.Name == "PCMA" ? CodecCatalog.Pcma : CodecCatalog.Pcmu), codec.Name);
        return _encoder;
    }
}
