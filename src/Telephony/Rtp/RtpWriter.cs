using System.Buffers.Binary;

namespace Telephony.Rtp;

/// <summary>Writes the header of the RTP packets that we send (RFC 3550 section 5.1); the payload is encoded right behind it.</summary>
public static class RtpWriter
{
    /// <summary>Writes a fixed header: no padding, extension or contributing sources.</summary>
    /// <param name="datagram">Room for at least <see cref="RtpPacket.FixedHeaderBytes"/> bytes.</param>
    /// <param name="payloadType">0 to 127.</param>
    /// <param name="marker">First packet of a talk spurt.</param>
    /// <param name="sequenceNumber">Number of the packet.</param>
    /// <param name="timestamp">Media time of its first sample.</param>
    /// <param name="ssrc">Our stream.</param>
    public static void WriteHeader(Span<byte> datagram, byte payloadType, bool marker, ushort sequenceNumber, uint timestamp, uint ssrc)
    {
        datagram[0] = 0x80;
        datagram[1] = (byte)((marker ? 0x80 : 0) | (payloadType & 0x7F));
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[8..], ssrc);
    }
}
