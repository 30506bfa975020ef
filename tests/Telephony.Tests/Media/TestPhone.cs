using System.Net;
using System.Net.Sockets;
using Telephony.Rtp;

namespace Telephony.Tests.Media;

/// <summary>The far end of a call's media: two UDP sockets on loopback that send what they are told and keep what they get.</summary>
internal sealed class TestPhone : IDisposable
{
    private readonly byte[] _buffer = new byte[2048];

    public TestPhone(IPAddress? address = null)
    {
        Rtp = Bind(address ?? IPAddress.Loopback);
        Rtcp = Bind(address ?? IPAddress.Loopback);
    }

    public Socket Rtp { get; }

    public Socket Rtcp { get; }

    public IPEndPoint RtpEndPoint => (IPEndPoint)Rtp.LocalEndPoint!;

    public IPEndPoint RtcpEndPoint => (IPEndPoint)Rtcp.LocalEndPoint!;

    public uint Ssrc { get; set; } = 0x1234;

    public ushort SequenceNumber { get; set; } = 65_530;

    public uint Timestamp { get; set; } = uint.MaxValue - 1000;

    public static byte[] Packet(byte payloadType, bool marker, ushort sequenceNumber, uint timestamp, uint ssrc, ReadOnlySpan<byte> payload)
    {
        var datagram = new byte[RtpPacket.FixedHeaderBytes + payload.Length];
        RtpWriter.WriteHeader(datagram, payloadType, marker, sequenceNumber, timestamp, ssrc);
        payload.CopyTo(datagram.AsSpan(RtpPacket.FixedHeaderBytes));
        return datagram;
    }

    /// <summary>Sends the next audio packet in sequence.</summary>
    public void Send(IPEndPoint to, ReadOnlySpan<byte> payload, byte payloadType = 0, bool marker = false)
    {
        Rtp.SendTo(Packet(payloadType, marker, SequenceNumber++, Timestamp, Ssrc, payload), to);
        Timestamp += (uint)payload.Length;
    }

    /// <summary>The next datagram; null when none comes in time.</summary>
    public byte[]? Receive(int timeoutMs = 1000, Socket? socket = null)
    {
        socket ??= Rtp;
        if (!socket.Poll(timeoutMs * 1000, SelectMode.SelectRead))
            return null;
        var bytes = socket.Receive(_buffer);
        return _buffer[..bytes];
    }

    /// <summary>Everything that has come by now.</summary>
    public List<byte[]> ReceiveAll(Socket? socket = null)
    {
        var all = new List<byte[]>();
        while (Receive(0, socket) is { } datagram)
            all.Add(datagram);
        return all;
    }

    public void Dispose()
    {
        Rtp.Dispose();
        Rtcp.Dispose();
    }

    private static Socket Bind(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }
}
