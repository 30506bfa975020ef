namespace Simulation.Phone;

/// <summary>One RTP packet of the agent, as it arrived.</summary>
/// <param name="SequenceNumber">As sent.</param>
/// <param name="Timestamp">As sent, in RTP units.</param>
/// <param name="Marker">Start of a talk spurt, says the agent.</param>
/// <param name="PayloadType">As sent.</param>
/// <param name="PayloadBytes">Length of the payload.</param>
/// <param name="ArrivalTimestamp">Stopwatch timestamp of the moment it was read.</param>
/// <param name="SampleIndex">Where its audio stands in <see cref="HeardAudio"/>; -1 when it carried none.</param>
/// <param name="LevelDbov">RMS level of its audio in dBov (RFC 6465's scale: 0 is full, -127 is silence).</param>
public readonly record struct HeardPacket(
    ushort SequenceNumber, uint Timestamp, bool Marker, byte PayloadType, int PayloadBytes, long ArrivalTimestamp, int SampleIndex, double LevelDbov);

/// <summary>What the caller's receiver counted; the agent's sender is judged by it.</summary>
/// <param name="Packets">Audio packets received, duplicates not counted.</param>
/// <param name="Lost">Sequence numbers never seen between the first and the highest.</param>
/// <param name="Duplicates">Packets whose sequence number had been seen.</param>
/// <param name="OutOfOrder">Packets that came after a higher sequence number.</param>
/// <param name="TimestampSteps">Consecutive packets whose timestamps differ by another number than the samples of the earlier one.</param>
/// <param name="Pauses">Those of them at which the agent had let time pass without packets and said so by the marker: nothing is lost, but it came late.</param>
/// <param name="SsrcChanges">Times the agent's SSRC changed.</param>
/// <param name="JitterMs">Interarrival jitter (RFC 3550 section 6.4.1).</param>
/// <param name="SenderReports">RTCP sender reports received.</param>
/// <param name="Sent">RTP packets the caller sent.</param>
public sealed record CallerStatistics(
    int Packets, int Lost, int Duplicates, int OutOfOrder, int TimestampSteps, int Pauses, int SsrcChanges, double JitterMs, int SenderReports, int Sent);
