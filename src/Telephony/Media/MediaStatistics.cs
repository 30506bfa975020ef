namespace Telephony.Media;

/// <summary>A snapshot of one call's media counters, taken from <see cref="MediaSession.Statistics"/>.</summary>
public sealed record MediaStatistics
{
    /// <summary>Codec agreed on last; null before the first agreement.</summary>
    public string? Codec { get; init; }

    /// <summary>RTP packets accepted from the caller.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>RTP payload bytes accepted from the caller.</summary>
    public long BytesReceived { get; init; }

    /// <summary>RTP packets sent to the caller.</summary>
    public long PacketsSent { get; init; }

    /// <summary>RTP payload bytes sent to the caller.</summary>
    public long BytesSent { get; init; }

    /// <summary>Packets missing from the sequence when their turn came (late ones included).</summary>
    public long PacketsLost { get; init; }

    /// <summary>Packets that came after their place had been filled.</summary>
    public long PacketsLate { get; init; }

    /// <summary>Packets that came twice.</summary>
    public long PacketsDuplicate { get; init; }

    /// <summary>Packets dropped because the caller's audio ran too far ahead of real time.</summary>
    public long PacketsAheadOfTime { get; init; }

    /// <summary>Datagrams that were no RTP.</summary>
    public long PacketsMalformed { get; init; }

    /// <summary>RTP and RTCP packets from addresses that are not the caller's.</summary>
    public long PacketsForeign { get; init; }

    /// <summary>SRTP and SRTCP packets of nobody who has the caller's key, or damaged; never let in.</summary>
    public long PacketsUnauthenticated { get; init; }

    /// <summary>SRTP and SRTCP packets that came a second time, or too late to tell; never let in.</summary>
    public long PacketsReplayed { get; init; }

    /// <summary>Packets with a payload type that was not negotiated or could not be decoded.</summary>
    public long PacketsUnknownPayload { get; init; }

    /// <summary>Packets that the system refused to send.</summary>
    public long SendErrors { get; init; }

    /// <summary>Audio made up for lost packets, in ms.</summary>
    public long ConcealedMs { get; init; }

    /// <summary>The part of <see cref="ConcealedMs"/> that later packets said again (Opus in-band FEC), in ms.</summary>
    public long RecoveredMs { get; init; }

    /// <summary>Silence or comfort noise fed while the caller sent nothing, in ms.</summary>
    public long SilenceMs { get; init; }

    /// <summary>Interarrival jitter of the caller's packets, in ms (RFC 3550 section 6.4.1).</summary>
    public double JitterMs { get; init; }

    /// <summary>Time that a gap waits for its packet at present, in ms.</summary>
    public double ReorderWaitMs { get; init; }

    /// <summary>Round trip by RTCP, in ms; null before the first measurement.</summary>
    public double? RoundTripMs { get; init; }

    /// <summary>Share of our packets that the caller lost in its last report, 0 to 1; null before the first report.</summary>
    public double? RemoteFractionLost { get; init; }

    /// <summary>Our packets that the caller lost in all, by its last report.</summary>
    public long RemotePacketsLost { get; init; }

    /// <summary>Jitter that the caller sees, in ms, by its last report.</summary>
    public double? RemoteJitterMs { get; init; }

    /// <summary>Keys pressed (RFC 4733).</summary>
    public long Digits { get; init; }

    /// <summary>Changes of the caller's SSRC.</summary>
    public long SsrcChanges { get; init; }

    /// <summary>Time since the last accepted RTP packet; null before the first.</summary>
    public TimeSpan? SinceLastPacket { get; init; }
}
