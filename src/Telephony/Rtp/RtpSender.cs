using System.Net;
using System.Security.Cryptography;

namespace Telephony.Rtp;

/// <summary>Our RTP stream: numbers and stamps packets and sends them to whoever the source lock names. The end of the send path.</summary>
/// <remarks>One per call, whatever codec changes come: sequence and SSRC go on. Owned by the media clock's thread; allocates when built only.</remarks>
internal sealed class RtpSender
{
    private readonly RtpSocket _socket;
    private readonly byte[] _datagram = new byte[RtpPacket.FixedHeaderBytes + JitterBuffer.MaxPayloadBytes];
    private ushort _sequenceNumber;

    /// <summary>Starts from random numbers, as RFC 3550 section 5.1 asks.</summary>
    public RtpSender(RtpSocket socket)
    {
        _socket = socket;
        Span<byte> random = stackalloc byte[10];
        RandomNumberGenerator.Fill(random);
        Ssrc = BitConverter.ToUInt32(random);
        Timestamp = BitConverter.ToUInt32(random[4..]);
        _sequenceNumber = BitConverter.ToUInt16(random[8..]);
    }

    /// <summary>Our synchronization source.</summary>
    public uint Ssrc { get; }

    /// <summary>Media time of the next packet.</summary>
    public uint Timestamp { get; private set; }

    /// <summary>Packets sent (RTCP sender report).</summary>
    public uint Packets { get; private set; }

    /// <summary>Payload bytes sent (RTCP sender report).</summary>
    public uint PayloadBytes { get; private set; }

    /// <summary>Where the payload of the next packet is to be encoded, in place.</summary>
    public Span<byte> Payload => _datagram.AsSpan(RtpPacket.FixedHeaderBytes);

    /// <summary>Sends the payload that lies in <see cref="Payload"/>; false when the system refused it. The number is used up either way.</summary>
    public bool TrySend(int payloadBytes, byte payloadType, bool marker, SocketAddress to, long nowNs) =>
        TrySend(payloadBytes, payloadType, marker, Timestamp, to, nowNs);

    /// <summary>Likewise, with the timestamp of an event that began earlier.</summary>
    public bool TrySend(int payloadBytes, byte payloadType, bool marker, uint timestamp, SocketAddress to, long nowNs)
    {
        RtpWriter.WriteHeader(_datagram, payloadType, marker, _sequenceNumber++, timestamp, Ssrc);
        if (!_socket.TrySend(_datagram.AsSpan(0, RtpPacket.FixedHeaderBytes + payloadBytes), to, nowNs))
            return false;
        Packets++;
        PayloadBytes += (uint)payloadBytes;
        return true;
    }

    /// <summary>Moves media time on: after every packet, and over time in which none was sent.</summary>
    public void AdvanceTimestamp(uint units) => Timestamp += units;
}
