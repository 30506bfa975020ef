namespace Telephony.Rtp.Srtp;

/// <summary>What a suite does to packets whose index is known: encrypts and tags them, checks and decrypts them.</summary>
/// <remarks>Owned by the media clock's thread. Allocates when built only. Has no memory of packets: <see cref="SrtpSender"/> and <see cref="SrtpReceiver"/> have.</remarks>
internal abstract class SrtpTransform : IDisposable
{
    /// <summary>Longest packet, in bytes: larger than Ethernet carries whole.</summary>
    public const int MaxPacketBytes = 2048;

    /// <summary>Header of the first packet of a compound RTCP datagram, which stays readable.</summary>
    public const int RtcpHeaderBytes = 8;

    /// <summary>Bytes of the index that SRTCP carries.</summary>
    public const int RtcpIndexBytes = 4;

    /// <summary>Set in SRTCP's index when the packet is encrypted (RFC 3711 section 3.4).</summary>
    public const uint RtcpEncrypted = 0x8000_0000;

    /// <summary>The transform of a key's suite.</summary>
    public static SrtpTransform Create(SrtpMasterKey master) =>
        Create(master.Suite, SrtpSessionKeys.ForRtp(master), SrtpSessionKeys.ForRtcp(master));

    /// <summary>Likewise with session keys.</summary>
    public static SrtpTransform Create(SrtpSuite suite, SrtpSessionKeys rtp, SrtpSessionKeys rtcp) =>
        suite.IsAead ? new GcmTransform(rtp, rtcp) : new CounterModeTransform(suite, rtp, rtcp);

    /// <summary>Protects an RTP packet in place.</summary>
    /// <param name="buffer">The packet, with room for the tag behind it.</param>
    /// <param name="headerBytes">Length of its header, which stays readable.</param>
    /// <param name="packetBytes">Length of the packet.</param>
    /// <param name="ssrc">Its source.</param>
    /// <param name="index">Roll-over counter and sequence number: 48 bits.</param>
    /// <returns>Length of the protected packet.</returns>
    public abstract int Protect(Span<byte> buffer, int headerBytes, int packetBytes, uint ssrc, long index);

    /// <summary>Checks an RTP packet and decrypts it.</summary>
    /// <param name="packet">The protected packet: header, text and tag, no shorter.</param>
    /// <param name="headerBytes">Length of its header.</param>
    /// <param name="ssrc">Its source.</param>
    /// <param name="index">Its index.</param>
    /// <param name="plain">Takes the packet without its tag; holds nothing of use when the result is false.</param>
    /// <returns>Whether the packet is authentic.</returns>
    public abstract bool TryUnprotect(ReadOnlySpan<byte> packet, int headerBytes, uint ssrc, long index, Span<byte> plain);

    /// <summary>Protects an RTCP datagram in place; index and tag come behind it.</summary>
    /// <returns>Length of the protected datagram.</returns>
    public abstract int ProtectRtcp(Span<byte> buffer, int packetBytes, uint ssrc, uint index);

    /// <summary>Reads the index of an SRTCP datagram, with its flag.</summary>
    public abstract uint ReadRtcpIndex(ReadOnlySpan<byte> packet);

    /// <summary>Checks an encrypted RTCP datagram and decrypts it, without its index and tag.</summary>
    /// <returns>Whether it is authentic.</returns>
    public abstract bool TryUnprotectRtcp(ReadOnlySpan<byte> packet, uint ssrc, uint index, Span<byte> plain);

    /// <inheritdoc/>
    public abstract void Dispose();
}
