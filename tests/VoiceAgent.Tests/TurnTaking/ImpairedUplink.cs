using AudioMeasures.Impairments;
using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Tests.Media;

namespace VoiceAgent.Tests.TurnTaking;

/// <summary>A caller's line of G.711 over a bad network, on virtual time: frames of 20 ms at 16 kHz in, what the receive path makes of them out.</summary>
internal sealed class ImpairedUplink(IPcmSink sink, Impairment impairment, int seed)
{
    private const int FrameMs = 20;
    private const int ClockUnits = 160;

    private readonly ImpairedLine _network = new(impairment, seed);
    private readonly TestReceiver _receiver = new(sink: sink);
    private readonly IAudioEncoder _encoder = CodecCatalog.CreateEncoder(CodecCatalog.Pcmu);
    private readonly Resampler _resampler = new(CallerSounds.RateHz, 8_000);
    private readonly short[] _narrow = new short[ClockUnits];
    private readonly PriorityQueue<(int Index, byte[] Payload), double> _underWay = new();
    private int _sent;

    /// <summary>The caller's next frame leaves; what has come by its end is handed on.</summary>
    public void Write(ReadOnlySpan<short> frame)
    {
        _resampler.Process(frame, _narrow);
        var payload = new byte[ClockUnits];
        _encoder.Encode(_narrow, payload);
        double sentMs = _sent * FrameMs;
        foreach (var atMs in _sent == 0 ? [0] : _network.Arrivals(sentMs))   // the call begins with its first packet
            _underWay.Enqueue((_sent, payload), atMs);
        _sent++;
        while (_underWay.TryPeek(out var packet, out var atMs) && atMs < sentMs + FrameMs)
        {
            _underWay.Dequeue();
            _receiver.RunTo(atMs);
            _receiver.Send(packet.Index, packet.Index * ClockUnits, 0, packet.Payload);
        }
        _receiver.RunTo(sentMs + FrameMs);
    }
}
