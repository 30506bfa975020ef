using System.Buffers.Binary;

namespace Telephony.Rtp.Srtp;

/// <summary>The cryptographic context of what we send (RFC 3711 section 3.2): knows the index of every packet, so that no two are encrypted alike.</summary>
/// <remarks>For one SSRC: another stream takes another context with another key. Owned by the media clock's thread; allocates when built only.</remarks>
internal sealed class SrtpSender(SrtpMasterKey key) : IDisposable
{
    /// <summary>Most bytes that protection adds to a packet.</summary>
    public const int MaxOverheadBytes = SrtpSuite.MaxTagBytes;

    private const int MaxRtcpOverheadBytes = SrtpSuite.MaxTagBytes + SrtpTransform.RtcpIndexBytes;
    private const int MaxRtcpBytes = 512;

    private readonly SrtpTransform _transform = SrtpTransform.Create(key);
    private readonly byte[] _rtcp = new byte[MaxRtcpBytes];
    private long _rollOvers;
    private int _latest = -1;
    private uint _rtcpIndex;

    /// <summary>Protects an RTP packet of ours in place: its sequence numbers must only rise, and wrap from 65,535 to 0.</summary>
    /// <param name="buffer">The packet, with room for <see cref="MaxOverheadBytes"/> behind it.</param>
    /// <param name="headerBytes">Length of its header.</param>
    /// <param name="packetBytes">Length of the packet.</param>
    /// <returns>Length of the protected packet.</returns>
    public int Protect(Span<byte> buffer, int headerBytes, int packetBytes)
    {
        var sequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]);
        if (sequenceNumber < _latest)
            _rollOvers++;
        _latest = sequenceNumber;
        return _transform.Protect(buffer, headerBytes, packetBytes, BinaryPrimitives.ReadUInt32BigEndian(buffer[8..]), _rollOvers << 16 | sequenceNumber);
    }

    /// <summary>Protects a compound RTCP datagram; the result is valid until the next.</summary>
    /// <param name="datagram">At most 492 bytes.</param>
    public ReadOnlySpan<byte> ProtectRtcp(ReadOnlySpan<byte> datagram)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(datagram.Length, MaxRtcpBytes - MaxRtcpOverheadBytes);
        datagram.CopyTo(_rtcp);
        // 31 bits of reports last for centuries.
        var bytes = _transform.ProtectRtcp(_rtcp, datagram.Length, BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]), _rtcpIndex++);
        return _rtcp.AsSpan(0, bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _transform.Dispose();
}
