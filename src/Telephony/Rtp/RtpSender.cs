using System.Net;
using System.Security.Cryptography;
using Telephony.Rtp.Srtp;

namespace Telephony.Rtp;

/// <summary>Our RTP stream: numbers and stamps packets and sends them to whoever the source lock names. The end of the send path.</summary>
/// <remarks>One per call, whatever codec changes come: sequence and SSRC go on, until the media is encrypted with another key. Owned by the media clock's thread; allocates when built only.</remarks>
internal sealed class RtpSender
{
    private readonly RtpSocket _socket;
    private readonly byte[] _datagram = new byte[RtpPacket.FixedHeaderBytes + JitterBuffer.MaxPayloadBytes + SrtpSender.MaxOverheadBytes];
    private ushort _sequenceNumber;
    private SrtpSender? _srtp;

    /// <summary>Starts from random numbers, as RFC 3550 section 5.1 asks.</summary>
    public RtpSender(RtpSocket socket)
    {
        _socket = socket;
        BeginStream();
        Timestamp = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
    }

    /// <summary>Our synchronization source.</summary>
    public uint Ssrc { get; private set; }

    /// <summary>Media time of the next packet.</summary>
    public uint Timestamp { get; private set; }

    /// <summary>Packets sent (RTCP sender report).</summary>
    public uint Packets { get; private set; }

    /// <summary>Payload bytes sent (RTCP sender report).</summary>
    public uint PayloadBytes { get; private set; }

    /// <summary>Where the payload of the next packet is to be encoded, in place.</summary>
    public Span<byte> Payload => _datagram.AsSpan(RtpPacket.FixedHeaderBytes, JitterBuffer.MaxPayloadBytes);

    /// <summary>Encrypts what is sent from now on; null for media in clear. A change in mid-call begins a new stream: a receiver may keep the roll-over counter of a
    /// stream over a change of key (RFC 3711 section 3.3.1) or begin it anew, but a new stream's is zero for all.</summary>
    public void Protect(SrtpSender? srtp)
    {
        if (srtp == _srtp)
            return;
        _srtp?.Dispose();
        _srtp = srtp;
        if (Packets == 0)
            return;
        BeginStream();
        (Packets, PayloadBytes) = (0, 0);
    }

    /// <summary>An RTCP datagram of ours as it goes out; valid until the next.</summary>
    public ReadOnlySpan<byte> ProtectRtcp(ReadOnlySpan<byte> datagram) => _srtp is null ? datagram : _srtp.ProtectRtcp(datagram);

    /// <summary>Sends the payload that lies in <see cref="Payload"/>; false when the system refused it. The number is used up either way.</summary>
    public bool TrySend(int payloadBytes, byte payloadType, bool marker, SocketAddress to, long nowNs) =>
        TrySend(payloadBytes, payloadType, marker, Timestamp, to, nowNs);

    /// <summary>Likewise, with the timestamp of an event that began earlier.</summary>
    public bool TrySend(int payloadBytes, byte payloadType, bool marker, uint timestamp, SocketAddress to, long nowNs)
    {
        RtpWriter.WriteHeader(_datagram, payloadType, marker, _sequenceNumber++, timestamp, Ssrc);
        var bytes = RtpPacket.FixedHeaderBytes + payloadBytes;
        if (_srtp is not null)
            bytes = _srtp.Protect(_datagram, RtpPacket.FixedHeaderBytes, bytes);
        if (!_socket.TrySend(_datagram.AsSpan(0, bytes), to, nowNs))
            return false;
        Packets++;
        PayloadBytes += (uint)payloadBytes;
        return true;
    }

    /// <summary>Moves media time on: after every packet, and over time in which none was sent.</summary>
    public void AdvanceTimestamp(uint units) => Timestamp += units;

    /// <summary>No more is sent.</summary>
    public void Stop() => _srtp?.Dispose();

    // Far from the wrap, so that nobody who misses the first packets misses a roll-over with them.
    private void BeginStream()
    {
        Span<byte> random = stackalloc byte[6];
        RandomNumberGenerator.Fill(random);
        Ssrc = BitConverter.ToUInt32(random);
        _sequenceNumber = (ushort)(BitConverter.ToUInt16(random[4..]) & 0x7FFF);
    }
}
