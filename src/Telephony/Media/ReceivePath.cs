using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Rtp;
using Telephony.Sdp;

namespace Telephony.Media;

/// <summary>Jitter buffer -> decoder -> resampler -> sink: moves every packet on as soon as it is in sequence, and fills the time line where none came.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built: once per set of formats; sequence and time line live on in what it is given.</remarks>
internal sealed class ReceivePath
{
    private const int FrameMs = 20;
    private const double SilentDbov = -127;

    private readonly CallerDecoders _decoders;
    private readonly ComfortNoise _noise = new();
    private readonly JitterBuffer _jitterBuffer;
    private readonly ReceiveTimeline _timeline;
    private readonly ReorderWait _wait;
    private readonly IPcmSink _sink;
    private readonly MediaCounters _counters;
    private readonly long _minLagNs;
    private readonly long _maxLagNs;
    private readonly CallerStream _caller;
    private readonly bool _listensForTones;
    private DtmfDetector? _tones;
    private NegotiatedMedia _media;
    private EventFormat[] _otherEvents;
    private double? _pauseDbov;
    private long _audioNs;

    public ReceivePath(NegotiatedMedia media, CallerStream caller, IPcmSink sink, RtpOptions options, MediaCounters counters)
    {
        _media = media;
        _caller = caller;
        _listensForTones = options.InBandDigits;
        _otherEvents = [.. media.AlsoReceivedEvents];
        _decoders = new CallerDecoders(media, sink.SampleRateHz);
        _jitterBuffer = caller.JitterBuffer;
        _timeline = caller.Timeline;
        _wait = caller.Wait;
        _sink = sink;
        _counters = counters;
        _minLagNs = options.MinReorderWait.ToNs();
        _maxLagNs = options.MaxReorderWait.ToNs();
    }

    /// <summary>False on hold: who cannot hear the agent is not heard by it either (music on hold), and the sink gets silence.</summary>
    public bool IsHearing => _media.Direction is MediaDirection.SendRecv or MediaDirection.SendOnly;

    private IAudioDecoder Decoder => _decoders.Current;

    private int SampleRateHz => _decoders.CurrentSampleRateHz;

    /// <summary>RTP timestamp units per second of what was played last.</summary>
    public int ClockRateHz => _decoders.CurrentClockRateHz;

    /// <summary>RTP timestamp units per second of a payload type that carries speech.</summary>
    public int ClockRateOf(byte payloadType) => _decoders.ClockRateHz(payloadType);

    /// <summary>When the present gap is given up; <see cref="long.MaxValue"/> without one.</summary>
    public long DueNs => _jitterBuffer.GapDueNs(_wait.WaitNs);

    /// <summary>Begins, or goes on after a new answer with the same formats.</summary>
    public void Apply(NegotiatedMedia media, long nowNs)
    {
        _media = media;
        _otherEvents = [.. media.AlsoReceivedEvents];
        _audioNs = nowNs;
        _pauseDbov = null;
        // A peer that has telephone-event sends its keys there, and tones as an echo of them at most.
        _tones = _listensForTones && media.TelephoneEventPayloadType is null ? _tones ?? new DtmfDetector(SampleRateHz) : null;
    }

    /// <summary>Another stream begins: what is held of the old one is played, and the new one follows at once.</summary>
    public void StartStream(long nowNs)
    {
        PlayDue(nowNs, force: true);
        _jitterBuffer.Reset();
        _timeline.Unanchor();
    }

    /// <summary>Whether the payload type is one that this call carries.</summary>
    public bool Knows(byte payloadType) =>
        IsAudio(payloadType) || IsComfortNoise(payloadType) || IsTelephoneEvent(payloadType);

    /// <summary>Whether the payload type carries speech.</summary>
    public bool IsAudio(byte payloadType) => _decoders.Knows(payloadType);

    /// <summary>Whether the payload type is that of telephone events.</summary>
    public bool IsTelephoneEvent(byte payloadType) => TelephoneEventClockRateHz(payloadType) > 0;

    /// <summary>Units per second of the durations in a payload type's telephone events; 0 for one that carries none.</summary>
    public int TelephoneEventClockRateHz(byte payloadType)
    {
        if (payloadType == _media.TelephoneEventPayloadType)
            return _media.TelephoneEventClockRateHz;
        foreach (var other in _otherEvents)
            if (other.PayloadType == payloadType)
                return other.ClockRateHz;
        return 0;
    }

    /// <summary>Takes a packet of the caller and moves on everything whose turn has come.</summary>
    public void OnPacket(in RtpPacket packet, long nowNs)
    {
        var result = _jitterBuffer.Push(packet, nowNs);
        if (result == PushResult.NoRoom)
        {
            PlayDue(nowNs, force: true);
            result = _jitterBuffer.Push(packet, nowNs);
        }
        if (_jitterBuffer.OvertakenByNs > 0)
            _wait.OnOvertaken(_jitterBuffer.OvertakenByNs);
        Count(result);
        PlayDue(nowNs, force: false);
    }

    /// <summary>Gives up gaps that have waited long enough and keeps silence flowing while nothing comes.</summary>
    public void Tick(long nowNs)
    {
        PlayDue(nowNs, force: false);
        var lagNs = !IsHearing ? 0 : _pauseDbov is null ? _maxLagNs : _minLagNs;
        if (nowNs - _audioNs < lagNs || (_jitterBuffer.Held > 0 && IsHearing))
            return;
        var units = _timeline.SilenceDue(nowNs, lagNs, ClockRateHz * FrameMs / 1000);
        _counters.SilenceUs += UsOf(units);
        FillPause(units);
    }

    private bool IsComfortNoise(byte payloadType) =>
        payloadType == NegotiatedMedia.StaticComfortNoisePayloadType || payloadType == _media.ComfortNoisePayloadType;

    private void Count(PushResult result)
    {
        switch (result)
        {
            case PushResult.Duplicate: _counters.PacketsDuplicate++; break;
            case PushResult.Late: _counters.PacketsLate++; break;
            case PushResult.TooLarge: _counters.PacketsUnknownPayload++; break;
        }
    }

    private void PlayDue(long nowNs, bool force)
    {
        while (_jitterBuffer.TryPop(nowNs, _wait.WaitNs, force, out var packet))
        {
            _counters.PacketsLost += packet.LostBefore;
            if (IsAudio(packet.PayloadType))
                PlayAudio(packet, nowNs);
            else if (IsComfortNoise(packet.PayloadType))
                StartPause(packet.Payload);
            else if (IsTelephoneEvent(packet.PayloadType))
                _pauseDbov ??= SilentDbov;
        }
    }

    // RFC 3389 section 3: the level in -dBov, then the spectrum.
    private void StartPause(ReadOnlySpan<byte> description)
    {
        _pauseDbov = description.IsEmpty ? SilentDbov : -(description[0] & 0x7F);
        _noise.Shape(description.IsEmpty ? [] : description[1..]);
    }

    private void PlayAudio(in BufferedPacket packet, long nowNs)
    {
        if (!IsHearing)
            return;
        _decoders.Select(packet.PayloadType);
        _timeline.SetClockRate(ClockRateHz);
        var samples = Decoder.SamplesIn(packet.Payload);
        if (samples <= 0 || samples > MediaScratch.MaxDecodedSamples)
        {
            _counters.PacketsUnknownPayload++;
            return;
        }
        var place = _timeline.Place(packet.Timestamp, UnitsOf(samples), packet.Marker, nowNs);
        _audioNs = nowNs;
        if (!place.IsWanted)
        {
            if (place.IsAhead)
                _counters.PacketsAheadOfTime++;
            else
                _counters.PacketsLate++;
            return;
        }
        if (packet.LostBefore > 0)
            FillLoss(place.GapUnits, packet.Payload);
        else
            FillPause(place.GapUnits);
        _pauseDbov = null;
        var decoded = MediaScratch.Own.Decoded;
        samples = Decoder.Decode(packet.Payload, decoded);
        ListenForTones(decoded.AsSpan(0, samples), SamplesOf(place.GapUnits));
        Feed(decoded.AsSpan(Math.Min(samples, SamplesOf(place.TrimUnits))..samples));
    }

    private void ListenForTones(ReadOnlySpan<short> pcm, int missing)
    {
        if (_tones is null || _tones.SampleRateHz != SampleRateHz)
            return;
        if (missing > 0)
            _tones.Skip(missing);
        if (_tones.Process(pcm) is { } digit)
            _caller.OnTone(digit);
    }

    // Its end may be in the packet behind it; what lies before is concealed.
    private void FillLoss(int units, ReadOnlySpan<byte> following)
    {
        _counters.ConcealedUs += UsOf(units);
        var samples = SamplesOf(units);
        while (samples > 0)
        {
            var frame = MediaScratch.Own.Decoded.AsSpan(0, Math.Min(samples, MediaScratch.MaxDecodedSamples));
            var recovered = frame.Length == samples ? Decoder.Recover(following, frame) : 0;
            if (recovered == 0 && frame.Length == samples)
                Decoder.Conceal(following, frame);
            else if (recovered == 0)
                Decoder.Conceal(frame);
            _counters.RecoveredUs += UsOf(UnitsOf(recovered));
            Feed(frame);
            samples -= frame.Length;
        }
    }

    // A pause that nobody announced is treated as loss: the concealment fades into the line's own background.
    private void FillPause(int units)
    {
        var samples = SamplesOf(units);
        while (samples > 0)
        {
            var frame = MediaScratch.Own.Decoded.AsSpan(0, Math.Min(samples, MediaScratch.MaxDecodedSamples));
            if (_pauseDbov is not { } dbov)
                Decoder.Conceal(frame);
            else if (dbov <= SilentDbov)
                frame.Clear();
            else
                _noise.Fill(frame, dbov);
            Feed(frame);
            samples -= frame.Length;
        }
    }

    private void Feed(ReadOnlySpan<short> pcm)
    {
        _timeline.OnFed(UnitsOf(pcm.Length));
        var heard = MediaScratch.Own.Heard;
        _sink.Write(heard.AsSpan(0, _decoders.Resampler.Process(pcm, heard)));
    }

    private int UnitsOf(int samples) => (int)((long)samples * ClockRateHz / SampleRateHz);

    private int SamplesOf(int units) => (int)((long)units * SampleRateHz / ClockRateHz);

    private long UsOf(int units) => units * 1_000_000L / ClockRateHz;
}
