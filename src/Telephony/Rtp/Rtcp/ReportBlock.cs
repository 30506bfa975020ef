using System.Buffers.Binary;

namespace Telephony.Rtp.Rtcp;

/// <summary>One reception report block (RFC 3550 section 6.4.1): how one side receives the stream of the other.</summary>
/// <param name="Ssrc">The stream reported on.</param>
/// <param name="FractionLost">Loss since the last report, in 1/256.</param>
/// <param name="CumulativeLost">Packets lost since the beginning; negative when duplicates prevail; 24 bits on the wire.</param>
/// <param name="HighestSequence">Highest sequence number received, wraps counted in the upper half.</param>
/// <param name="JitterUnits">Interarrival jitter in clock units.</param>
/// <param name="LastSenderReport">Middle 32 bits of the NTP time in the last sender report; 0 for none.</param>
/// <param name="DelaySinceLastSenderReport">Time since that report came, in 1/65536 s.</param>
internal readonly record struct ReportBlock(
    uint Ssrc, byte FractionLost, int CumulativeLost, uint HighestSequence, uint JitterUnits, uint LastSenderReport, uint DelaySinceLastSenderReport)
{
    public const int Bytes = 24;

    private const int LargestCumulativeLost = 0x7FFFFF;

    /// <summary>Reads a block; the caller has checked that there are <see cref="Bytes"/> bytes.</summary>
    public static ReportBlock Read(ReadOnlySpan<byte> block) => new(
        BinaryPrimitives.ReadUInt32BigEndian(block),
        block[4],
        BinaryPrimitives.ReadInt32BigEndian(block[4..]) << 8 >> 8,
        BinaryPrimitives.ReadUInt32BigEndian(block[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(block[12..]),
        BinaryPrimitives.ReadUInt32BigEndian(block[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(block[20..]));

    /// <summary>Writes the block.</summary>
    public void Write(Span<byte> block)
    {
        BinaryPrimitives.WriteUInt32BigEndian(block, Ssrc);
        BinaryPrimitives.WriteInt32BigEndian(block[4..], Math.Clamp(CumulativeLost, -LargestCumulativeLost - 1, LargestCumulativeLost));
        block[4] = FractionLost;
        BinaryPrimitives.WriteUInt32BigEndian(block[8..], HighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(block[12..], JitterUnits);
        BinaryPrimitives.WriteUInt32BigEndian(block[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(block[20..], DelaySinceLastSenderReport);
    }
}
