using System.Buffers.Binary;

namespace Telephony.Rtp.Rtcp;

/// <summary>RTCP packet types (RFC 3550 section 12.1).</summary>
internal static class RtcpType
{
    public const byte SenderReport = 200;
    public const byte ReceiverReport = 201;
    public const byte SourceDescription = 202;
    public const byte Goodbye = 203;
    public const byte Application = 204;
}

/// <summary>One packet of a received compound RTCP datagram (RFC 3550 section 6.1).</summary>
/// <remarks>Points into the receive buffer.</remarks>
internal readonly ref struct RtcpPacket
{
    private const int HeaderBytes = 4;
    private const int SsrcBytes = 4;
    private const int SenderInfoBytes = 20;

    private RtcpPacket(byte type, int count, ReadOnlySpan<byte> body)
    {
        Type = type;
        Count = count;
        Body = body;
    }

    /// <summary>Packet type, see <see cref="RtcpType"/>.</summary>
    public byte Type { get; }

    /// <summary>The header's five-bit count: report blocks, chunks or sources.</summary>
    public int Count { get; }

    /// <summary>Everything behind the four bytes of header, padding removed.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Who sent the packet; the first source of a BYE. 0 when the packet is too short to say.</summary>
    public uint Ssrc => Body.Length < SsrcBytes ? 0 : BinaryPrimitives.ReadUInt32BigEndian(Body);

    /// <summary>Takes the next packet off a compound datagram; false at its end or at the first damage.</summary>
    public static bool TryReadNext(ref ReadOnlySpan<byte> compound, out RtcpPacket packet)
    {
        packet = default;
        if (compound.Length < HeaderBytes || compound[0] >> 6 != 2)
            return false;
        var bytes = HeaderBytes + 4 * BinaryPrimitives.ReadUInt16BigEndian(compound[2..]);
        if (bytes > compound.Length)
            return false;
        var paddingBytes = (compound[0] & 0x20) != 0 ? compound[bytes - 1] : 0;
        if (paddingBytes > bytes - HeaderBytes)
            return false;
        packet = new RtcpPacket(compound[1], compound[0] & 0x1F, compound[HeaderBytes..(bytes - paddingBytes)]);
        compound = compound[bytes..];
        return true;
    }

    /// <summary>The middle 32 bits of a sender report's NTP time: what our next report gives back as LSR.</summary>
    public bool TryReadSenderTime(out uint middleNtp)
    {
        var hasSenderInfo = Type == RtcpType.SenderReport && Body.Length >= SsrcBytes + SenderInfoBytes;
        middleNtp = hasSenderInfo ? BinaryPrimitives.ReadUInt32BigEndian(Body[(SsrcBytes + 2)..]) : 0;
        return hasSenderInfo;
    }

    /// <summary>Finds what a sender or receiver report says about one stream.</summary>
    public bool TryFindReport(uint ssrc, out ReportBlock report)
    {
        report = default;
        var start = Type switch { RtcpType.SenderReport => SsrcBytes + SenderInfoBytes, RtcpType.ReceiverReport => SsrcBytes, _ => -1 };
        if (start < 0)
            return false;
        for (var i = 0; i < Count && Body.Length >= start + ReportBlock.Bytes; i++, start += ReportBlock.Bytes)
        {
            report = ReportBlock.Read(Body[start..]);
            if (report.Ssrc == ssrc)
                return true;
        }
        return false;
    }
}
