using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Telephony.Sip.Ladders;

/// <summary>A SIP message as a packet of HEP version 3 (the HEP/EEP network protocol, revision 36): chunks of vendor, type, length, value.</summary>
internal static class HepPacket
{
    private const int HeaderBytes = 6;   // of the packet, and of each chunk
    private const byte Sip = 1;

    /// <summary>The packet; null where the message is too long for one.</summary>
    /// <param name="at">When it came or went.</param>
    /// <param name="source">Who sent it.</param>
    /// <param name="destination">Whom it was sent to; of the same address family.</param>
    /// <param name="isDatagram">Whether it went by UDP.</param>
    /// <param name="options">Who we are.</param>
    /// <param name="correlation">What the messages of one call have in common.</param>
    /// <param name="message">The message.</param>
    public static byte[]? Write(DateTimeOffset at, IPEndPoint source, IPEndPoint destination, bool isDatagram, HepOptions options, string correlation, string message)
    {
        var packet = new List<byte>(message.Length + 200);
        packet.AddRange("HEP3\0\0"u8);
        var isIPv4 = source.AddressFamily == AddressFamily.InterNetwork;
        Chunk(packet, 0x0001, [isIPv4 ? (byte)2 : (byte)10]);
        Chunk(packet, 0x0002, [isDatagram ? (byte)17 : (byte)6]);
        Chunk(packet, isIPv4 ? (ushort)0x0003 : (ushort)0x0005, source.Address.GetAddressBytes());
        Chunk(packet, isIPv4 ? (ushort)0x0004 : (ushort)0x0006, destination.Address.GetAddressBytes());
        Chunk(packet, 0x0007, (ushort)source.Port);
        Chunk(packet, 0x0008, (ushort)destination.Port);
        Chunk(packet, 0x0009, (uint)at.ToUnixTimeSeconds());
        Chunk(packet, 0x000a, (uint)(at.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        Chunk(packet, 0x000b, [Sip]);
        Chunk(packet, 0x000c, (uint)options.CaptureId);
        if (options.Password.Length > 0)
            Chunk(packet, 0x000e, Encoding.UTF8.GetBytes(options.Password));
        Chunk(packet, 0x0011, Encoding.UTF8.GetBytes(correlation));
        var payload = Encoding.UTF8.GetBytes(message);
        if (packet.Count + HeaderBytes + payload.Length > ushort.MaxValue - 28)   // what UDP over IPv4 takes
            return null;
        Chunk(packet, 0x000f, payload);
        var bytes = packet.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), (ushort)bytes.Length);
        return bytes;
    }

    private static void Chunk(List<byte> packet, ushort type, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        Chunk(packet, type, bytes);
    }

    private static void Chunk(List<byte> packet, ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Chunk(packet, type, bytes);
    }

    private static void Chunk(List<byte> packet, ushort type, ReadOnlySpan<byte> value)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], type);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)(HeaderBytes + value.Length));
        packet.AddRange(header);
        packet.AddRange(value);
    }
}
