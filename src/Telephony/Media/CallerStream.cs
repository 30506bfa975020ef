using System.Net;
using Telephony.Audio;
using Telephony.Rtp;
using Telephony.Rtp.Rtcp;

namespace Telephony.Media;

/// <summary>What is known of the caller's RTP stream, and the way of its packets: source lock -> SSRC -> statistics -> digits -> receive path.</summary>
/// <remarks>Owned by the media clock's thread; allocates when built only.</remarks>
internal sealed class CallerStream(SourceLock sourceLock, RtpOptions options, IMediaListener listener, MediaCounters counters)
{
    // Packets of the old SSRC that come after the first of the new one are stragglers for that long.
    private const long StragglerNs = 200_000_000;

    private readonly TelephoneEventReceiver _events = new();
    private uint _formerSsrc;
    private long _stragglersUntilNs = long.MinValue;

    /// <summary>Puts packets in order.</summary>
    public JitterBuffer JitterBuffer { get; } = new();

    /// <summary>Keeps the sink's time line.</summary>
    public ReceiveTimeline Timeline { get; } = new(options.MaxAheadOfRealTime.ToNs());

    /// <summary>How long gaps wait.</summary>
    public ReorderWait Wait { get; } = new(options.MinReorderWait.ToNs(), options.MaxReorderWait.ToNs());

    /// <summary>Counted for RTCP.</summary>
    public ReceptionStatistics Reception { get; } = new();

    /// <summary>A new answer may bring back any stream.</summary>
    public void OnNewAnswer() => _stragglersUntilNs = long.MinValue;

    /// <summary>Takes a datagram of the RTP port; true when it was the caller's.</summary>
    public bool OnDatagram(ReadOnlySpan<byte> datagram, SocketAddress from, ReceivePath path, long nowNs)
    {
        if (!RtpPacket.TryParse(datagram, out var packet))
        {
            counters.PacketsMalformed++;
            return false;
        }
        if (!sourceLock.Accept(from, packet.Ssrc, packet.SequenceNumber, nowNs))
        {
            counters.PacketsForeign++;
            return false;
        }
        if (!path.Knows(packet.PayloadType))
            counters.PacketsUnknownPayload++;
        if (IsOfStream(packet, path, nowNs))
            OnPacket(packet, path, nowNs);
        return true;
    }

    // A new SSRC is followed at once (RFC 3550 section 8.2 aside: one source, already locked), but not for what might be no RTP at all.
    private bool IsOfStream(in RtpPacket packet, ReceivePath path, long nowNs)
    {
        if (Reception.HasPackets && packet.Ssrc == Reception.Ssrc)
            return true;
        if (!path.Knows(packet.PayloadType) || (packet.Ssrc == _formerSsrc && nowNs < _stragglersUntilNs))
            return false;
        if (Reception.HasPackets)
        {
            counters.SsrcChanges++;
            _formerSsrc = Reception.Ssrc;
            _stragglersUntilNs = nowNs + StragglerNs;
        }
        path.StartStream(nowNs);
        Reception.Reset(packet.Ssrc);
        _events.Reset();
        return true;
    }

    private void OnPacket(in RtpPacket packet, ReceivePath path, long nowNs)
    {
        counters.PacketsReceived++;
        counters.BytesReceived += packet.Payload.Length;
        counters.LastPacketNs = nowNs;
        Reception.OnPacket(packet.SequenceNumber);
        if (path.IsAudio(packet.PayloadType))
            MeasureJitter(packet.Timestamp, path.ClockRateOf(packet.PayloadType), nowNs);
        else if (path.IsTelephoneEvent(packet.PayloadType) && TelephoneEvent.TryParse(packet.Payload, out var telephoneEvent))
            OnTelephoneEvent(packet, telephoneEvent, path.TelephoneEventClockRateHz(packet.PayloadType), nowNs);
        path.OnPacket(packet, nowNs);
    }

    /// <summary>A key was heard in the audio.</summary>
    public void OnTone(char digit)
    {
        counters.Digits++;
        listener.OnTone(digit, DtmfDetector.ToldAfterMs);
    }

    private void MeasureJitter(uint timestamp, int clockRateHz, long nowNs)
    {
        Reception.OnTimestamp(timestamp, nowNs, clockRateHz);
        var jitterNs = Reception.JitterUnits * 1e9 / clockRateHz;
        Wait.OnPacket(jitterNs);
        counters.JitterMs = jitterNs / 1e6;
        counters.ReorderWaitMs = Wait.WaitNs / 1e6;
    }

    private void OnTelephoneEvent(in RtpPacket packet, TelephoneEvent telephoneEvent, int clockRateHz, long nowNs)
    {
        if (!_events.OnPacket(packet.Timestamp, telephoneEvent, packet.Marker, nowNs) || telephoneEvent.Digit is not { } digit)
            return;
        counters.Digits++;
        listener.OnDigit(digit, telephoneEvent.DurationUnits * 1000 / clockRateHz);
    }
}
