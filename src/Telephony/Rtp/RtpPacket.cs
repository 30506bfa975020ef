using System.Buffers.Binary;

namespace Telephony.Rtp;

/// <summary>A view of one received RTP packet (RFC 3550 section 5.1): the first thing that happens to the caller's audio.</summary>
/// <remarks>Points into the receive buffer and lives as long as that is not reused. Header extensions are skipped.</remarks>
public readonly ref struct RtpPacket
{
    /// <summary>Length of the header without contributing sources and extension.</summary>
    public const int FixedHeaderBytes = 12;

    private readonly ReadOnlySpan<byte> _header;

    private RtpPacket(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        _header = header;
        Payload = payload;
    }

    /// <summary>First packet of a talk spurt (RFC 3551 section 4.1) or of a telephone event (RFC 4733 section 2.2).</summary>
    public bool Marker => (_header[1] & 0x80) != 0;

    /// <summary>Payload type, 0 to 127.</summary>
    public byte PayloadType => (byte)(_header[1] & 0x7F);

    /// <summary>Sequence number, counting packets.</summary>
    public ushort SequenceNumber => BinaryPrimitives.ReadUInt16BigEndian(_header[2..]);

    /// <summary>Timestamp of the first sample, in units of the codec's clock rate.</summary>
    public uint Timestamp => BinaryPrimitives.ReadUInt32BigEndian(_header[4..]);

    /// <summary>Synchronization source: which stream the packet belongs to.</summary>
    public uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(_header[8..]);

    /// <summary>Payload without padding.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    // |V=2|P|X|  CC   |M|     PT      |        sequence number        |   timestamp   |   SSRC   |   CSRC ...
    /// <summary>Reads any datagram; false when it is no RTP packet of version 2.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out RtpPacket packet)
    {
        packet = default;
        if (datagram.Length < FixedHeaderBytes || datagram[0] >> 6 != 2)
            return false;

        var payloadStart = FixedHeaderBytes + 4 * (datagram[0] & 0x0F);   // CSRC list
        if ((datagram[0] & 0x10) != 0)
        {
            if (datagram.Length < payloadStart + 4)
                return false;
            // Counted in 32-bit words, the extension's own header excluded (RFC 3550 section 5.3.1).
            payloadStart += 4 + 4 * BinaryPrimitives.ReadUInt16BigEndian(datagram[(payloadStart + 2)..]);
        }
        var hasPadding = (datagram[0] & 0x20) != 0;
        var paddingBytes = hasPadding ? datagram[^1] : 0;   // the count includes its own byte
        if (payloadStart + paddingBytes > datagram.Length || (hasPadding && paddingBytes == 0))
            return false;

        packet = new RtpPacket(datagram[..FixedHeaderBytes], datagram[payloadStart..^paddingBytes]);
        return true;
    }
}
