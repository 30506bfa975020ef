using System.Net;
using System.Net.Sockets;
using Telephony.Rtp;
using Telephony.Rtp.Srtp;

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

    /// <summary>Encrypts what is sent; null for packets in clear.</summary>
    public SrtpSender? Sender { get; private set; }

    /// <summary>Decrypts what is received.</summary>
    public SrtpReceiver? Receiver { get; private set; }

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

    /// <summary>Takes fresh keys for both ways; returns them as the agent sees them.</summary>
    public SrtpKeys Encrypt(string suiteName)
    {
        Assert.True(SrtpSuite.TryGet(suiteName, out var suite));
        var keys = new SrtpKeys(SrtpMasterKey.Create(suite), SrtpMasterKey.Create(suite));
        (Sender, Receiver) = (new SrtpSender(keys.Receive), new SrtpReceiver(keys.Send));
        return keys;
    }

    /// <summary>Sends the next audio packet in sequence.</summary>
    public void Send(IPEndPoint to, ReadOnlySpan<byte> payload, byte payloadType = 0, bool marker = false) => Rtp.SendTo(Next(payload, payloadType, marker), to);

    /// <summary>The next audio packet in sequence, as it would be sent.</summary>
    public byte[] Next(ReadOnlySpan<byte> payload, byte payloadType = 0, bool marker = false)
    {
        var packet = Packet(payloadType, marker, SequenceNumber++, Timestamp, Ssrc, payload);
        Timestamp += (uint)payload.Length;
        return Protect(packet);
    }

    /// <summary>A packet as it goes over the wire.</summary>
    public byte[] Protect(byte[] packet)
    {
        if (Sender is null)
            return packet;
        var bytes = packet.Length;
        Array.Resize(ref packet, bytes + SrtpSender.MaxOverheadBytes);
        return packet[..Sender.Protect(packet, RtpPacket.FixedHeaderBytes, bytes)];
    }

    /// <summary>The next datagram, decrypted; null when none comes in time or it is not authentic.</summary>
    public byte[]? ReceiveDecrypted(int timeoutMs = 1000) =>
        Receive(timeoutMs) is { } datagram && Receiver!.Unprotect(datagram, out var packet) == SrtpVerdict.Authentic ? [.. packet] : null;

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
        Sender?.Dispose();
        Receiver?.Dispose();
    }

    private static Socket Bind(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }
}
