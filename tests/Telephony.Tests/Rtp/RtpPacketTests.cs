using FsCheck;
using FsCheck.Fluent;
using Telephony.Rtp;

namespace Telephony.Tests.Rtp;

public sealed class RtpPacketTests
{
    [Fact]
    public void Reads_every_field()
    {
        byte[] datagram = [0x80, 0x80 | 8, 0x12, 0x34, 1, 2, 3, 4, 5, 6, 7, 8, 0xAA, 0xBB];
        Assert.True(RtpPacket.TryParse(datagram, out var packet));
        Assert.True(packet.Marker);
        Assert.Equal(8, packet.PayloadType);
        Assert.Equal(0x1234, packet.SequenceNumber);
        Assert.Equal(0x01020304u, packet.Timestamp);
        Assert.Equal(0x05060708u, packet.Ssrc);
        Assert.Equal([0xAA, 0xBB], packet.Payload.ToArray());
    }

    [Fact]
    public void Skips_contributing_sources_extension_and_padding()
    {
        byte[] datagram = [0xB2, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9, 9, 9, 9, 9, 0xBE, 0xDE, 0, 1, 7, 7, 7, 7, 0xAA, 0, 0, 3];
        Assert.True(RtpPacket.TryParse(datagram, out var packet));
        Assert.Equal([0xAA], packet.Payload.ToArray());
    }

    [Theory]
    [InlineData(0x40, "another version")]
    [InlineData(0x8F, "fifteen contributing sources in twelve bytes")]
    [InlineData(0x90, "an extension that is not there")]
    [InlineData(0xA0, "padding of zero bytes")]
    public void Refuses(byte firstByte, string what)
    {
        var datagram = new byte[RtpPacket.FixedHeaderBytes];
        datagram[0] = firstByte;
        Assert.False(RtpPacket.TryParse(datagram, out _), what);
    }

    [Fact]
    public void No_first_byte_length_extension_or_padding_count_makes_it_throw_or_read_beyond_the_datagram()
    {
        byte[] counts = [0, 1, 2, 3, 13, 40, 255];
        var parsed = 0;
        for (var length = 0; length <= 64; length++)
            for (var first = 0; first < 256; first++)
                foreach (var extensionWords in counts)
                    foreach (var padding in counts)
                        parsed += ParsesWithin(length, (byte)first, extensionWords, padding) ? 1 : 0;
        Assert.InRange(parsed, 1, 65 * 64 * counts.Length * counts.Length);
    }

    [Fact]
    public void What_is_written_is_read_back() =>
        Prop.ForAll<(ushort Sequence, uint Timestamp, uint Ssrc, byte Type, bool Marker), byte[]>((header, payload) =>
        {
            var datagram = new byte[RtpPacket.FixedHeaderBytes + payload.Length];
            RtpWriter.WriteHeader(datagram, (byte)(header.Type & 0x7F), header.Marker, header.Sequence, header.Timestamp, header.Ssrc);
            payload.CopyTo(datagram, RtpPacket.FixedHeaderBytes);
            return RtpPacket.TryParse(datagram, out var packet)
                && packet.SequenceNumber == header.Sequence && packet.Timestamp == header.Timestamp && packet.Ssrc == header.Ssrc
                && packet.PayloadType == (header.Type & 0x7F) && packet.Marker == header.Marker && packet.Payload.SequenceEqual(payload);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Random_bytes_never_throw() =>
        Prop.ForAll<byte[]>(bytes => !RtpPacket.TryParse(bytes, out var packet) || packet.Payload.Length <= bytes.Length - RtpPacket.FixedHeaderBytes)
            .QuickCheckThrowOnFailure();

    private static bool ParsesWithin(int length, byte first, byte extensionWords, byte padding)
    {
        var datagram = new byte[length];
        if (length > 0)
            datagram[0] = first;
        var extensionLength = RtpPacket.FixedHeaderBytes + 4 * (first & 0x0F) + 3;
        if (extensionLength < length)
            datagram[extensionLength] = extensionWords;
        if (length > RtpPacket.FixedHeaderBytes)
            datagram[^1] = padding;
        if (!RtpPacket.TryParse(datagram, out var packet))
            return false;
        Assert.InRange(packet.Payload.Length, 0, length - RtpPacket.FixedHeaderBytes);
        return true;
    }
}
