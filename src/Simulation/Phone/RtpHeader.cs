using System.Buffers.Binary;

namespace Simulation.Phone;

/// <summary>The fixed RTP header fields the caller looks at; written and read by code of its own (RFC 3550 section 5.1).</summary>
internal readonly record struct RtpHeader(byte PayloadType, bool Marker, ushort SequenceNumber, uint Timestamp, uint Ssrc)
{
    /// <summary>Length of the header without CSRC list and extension.</summary>
    public const int Bytes = 12;

    /// <summary>Writes version 2, no padding, no extension, no CSRC.</summary>
    public void Write(Span<byte> packet)
    {
        packet[0] = 0x80;
        packet[1] = (byte)(PayloadType | (Marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], Ssrc);
    }

    /// <summary>Reads header and payload; false for anything that is not a whole RTP packet.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out RtpHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (packet.Length < Bytes || packet[0] >> 6 != 2)
            return false;
        var start = Bytes + 4 * (packet[0] & 0x0F);
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < start + 4)
                return false;
            start += 4 + 4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(start + 2)..]);
        }
        var padding = (packet[0] & 0x20) != 0 ? packet[^1] : 0;
        if (start + padding > packet.Length)
            return false;
        payload = packet[start..^padding];
        header = new RtpHeader(
            (byte)(packet[1] & 0x7F),
            (packet[1] & 0x80) != 0,
            BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[8..]));
        return true;
    }
}
