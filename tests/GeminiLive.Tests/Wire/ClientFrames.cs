using System.Buffers.Binary;

namespace GeminiLive.Tests.Wire;

/// <summary>Frames as RFC 6455 section 5.2 has them, written and read by hand so that no bug is mirrored.</summary>
internal static class ClientFrames
{
    /// <summary>A frame of a server.</summary>
    public static byte[] OfServer(int firstByte, ReadOnlySpan<byte> payload)
    {
        var header = new List<byte> { (byte)firstByte };
        if (payload.Length < 126)
        {
            header.Add((byte)payload.Length);
        }
        else if (payload.Length < 65_536)
        {
            header.AddRange([126, (byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        else
        {
            header.AddRange([127, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        return [.. header, .. payload];
    }

    /// <summary>Frames of a client, each masked; anything else fails the test.</summary>
    public static IReadOnlyList<(int Opcode, byte[] Payload)> Read(ReadOnlySpan<byte> bytes)
    {
        var frames = new List<(int, byte[])>();
        while (!bytes.IsEmpty)
        {
            Assert.Equal(0x80, bytes[0] & 0xF0);
            Assert.Equal(0x80, bytes[1] & 0x80);
            var (length, start) = (bytes[1] & 0x7F) switch
            {
                126 => (BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), 4),
                127 => ((int)BinaryPrimitives.ReadInt64BigEndian(bytes[2..]), 10),
                var small => (small, 2),
            };
            var payload = bytes.Slice(start + 4, length).ToArray();
            for (var i = 0; i < length; i++)
                payload[i] ^= bytes[start + i % 4];
            frames.Add((bytes[0] & 0x0F, payload));
            bytes = bytes[(start + 4 + length)..];
        }
        return frames;
    }
}
