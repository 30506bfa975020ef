namespace Telephony.Media;

/// <summary>The running counters of one call's media; <see cref="MediaSession.Statistics"/> copies them into a snapshot.</summary>
/// <remarks>Written by the media clock's thread only. 64-bit fields, so that another thread reads each of them whole.</remarks>
internal sealed class MediaCounters
{
    public long PacketsReceived;
    public long BytesReceived;
    public long PacketsSent;
    public long BytesSent;
    public long PacketsLost;
    public long PacketsLate;
    public long PacketsDuplicate;
    public long PacketsAheadOfTime;
    public long PacketsMalformed;
    public long PacketsForeign;
    public long PacketsUnauthenticated;
    public long PacketsReplayed;
    public long PacketsUnknownPayload;
    public long SendErrors;
    public long ConcealedUs;
    public long RecoveredUs;
    public long SilenceUs;
    public long Digits;
    public long SsrcChanges;
    public long LastPacketNs;
    public double JitterMs;
    public double ReorderWaitMs;
    public double RoundTripMs = double.NaN;
    public double RemoteFractionLost = double.NaN;
    public double RemoteJitterMs = double.NaN;
    public long RemotePacketsLost;

    /// <summary>Copies the counters; each is right, though not all of one moment.</summary>
    /// <param name="nowNs">Monotonic time.</param>
    public MediaStatistics Snapshot(long nowNs) => new()
    {
        PacketsReceived = PacketsReceived,
        BytesReceived = BytesReceived,
        PacketsSent = PacketsSent,
        BytesSent = BytesSent,
        PacketsLost = PacketsLost,
        PacketsLate = PacketsLate,
        PacketsDuplicate = PacketsDuplicate,
        PacketsAheadOfTime = PacketsAheadOfTime,
        PacketsMalformed = PacketsMalformed,
        PacketsForeign = PacketsForeign,
        PacketsUnauthenticated = PacketsUnauthenticated,
        PacketsReplayed = PacketsReplayed,
        PacketsUnknownPayload = PacketsUnknownPayload,
        SendErrors = SendErrors,
        ConcealedMs = ConcealedUs / 1000,
        RecoveredMs = RecoveredUs / 1000,
        SilenceMs = SilenceUs / 1000,
        JitterMs = JitterMs,
        ReorderWaitMs = ReorderWaitMs,
        RoundTripMs = OrNull(RoundTripMs),
        RemoteFractionLost = OrNull(RemoteFractionLost),
        RemotePacketsLost = RemotePacketsLost,
        RemoteJitterMs = OrNull(RemoteJitterMs),
        Digits = Digits,
        SsrcChanges = SsrcChanges,
        SinceLastPacket = PacketsReceived == 0 ? null : TimeSpan.FromTicks((nowNs - LastPacketNs) / TimeSpan.NanosecondsPerTick),
    };

    private static double? OrNull(double value) => double.IsNaN(value) ? null : value;
}
