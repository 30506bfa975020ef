using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Telephony.Rtp.Srtp;

/// <summary>Counter mode with HMAC-SHA1: the suites of RFC 3711 and RFC 6188. The tag covers the encrypted packet, so that nothing false is ever decrypted.</summary>
/// <remarks>Owned by the media clock's thread. Allocates when built only.</remarks>
internal sealed class CounterModeTransform(SrtpSuite suite, SrtpSessionKeys rtp, SrtpSessionKeys rtcp) : SrtpTransform
{
    private const int HashBytes = 20;
    private const int RollOverBytes = 4;

    private readonly AesCounterMode _rtpCipher = new(rtp.Key, MaxPacketBytes);
    private readonly AesCounterMode _rtcpCipher = new(rtcp.Key, MaxPacketBytes);
    private readonly IncrementalHash _rtpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, rtp.Authentication);
    private readonly IncrementalHash _rtcpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, rtcp.Authentication);
    private readonly byte[] _tag = new byte[HashBytes];
    private readonly byte[] _rollOver = new byte[RollOverBytes];

    /// <inheritdoc/>
    public override int Protect(Span<byte> buffer, int headerBytes, int packetBytes, uint ssrc, long index)
    {
        var text = buffer[headerBytes..packetBytes];
        Encipher(_rtpCipher, rtp.Salt, text, text, ssrc, index);
        ComputeTag(buffer[..packetBytes], index);
        _tag.AsSpan(0, suite.TagBytes).CopyTo(buffer[packetBytes..]);
        return packetBytes + suite.TagBytes;
    }

    /// <inheritdoc/>
    public override bool TryUnprotect(ReadOnlySpan<byte> packet, int headerBytes, uint ssrc, long index, Span<byte> plain)
    {
        var signed = packet[..^suite.TagBytes];
        ComputeTag(signed, index);
        if (!CryptographicOperations.FixedTimeEquals(_tag.AsSpan(0, suite.TagBytes), packet[signed.Length..]))
            return false;
        signed[..headerBytes].CopyTo(plain);
        Encipher(_rtpCipher, rtp.Salt, signed[headerBytes..], plain[headerBytes..], ssrc, index);
        return true;
    }

    /// <inheritdoc/>
    public override int ProtectRtcp(Span<byte> buffer, int packetBytes, uint ssrc, uint index)
    {
        var text = buffer[RtcpHeaderBytes..packetBytes];
        Encipher(_rtcpCipher, rtcp.Salt, text, text, ssrc, index);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[packetBytes..], index | RtcpEncrypted);
        var signedBytes = packetBytes + RtcpIndexBytes;
        _rtcpHash.AppendData(buffer[..signedBytes]);
        _rtcpHash.GetHashAndReset(_tag);
        _tag.AsSpan(0, suite.RtcpTagBytes).CopyTo(buffer[signedBytes..]);
        return signedBytes + suite.RtcpTagBytes;
    }

    /// <inheritdoc/>
    public override uint ReadRtcpIndex(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32BigEndian(packet[^(RtcpIndexBytes + suite.RtcpTagBytes)..]);

    /// <inheritdoc/>
    public override bool TryUnprotectRtcp(ReadOnlySpan<byte> packet, uint ssrc, uint index, Span<byte> plain)
    {
        var signed = packet[..^suite.RtcpTagBytes];
        _rtcpHash.AppendData(signed);
        _rtcpHash.GetHashAndReset(_tag);
        if (!CryptographicOperations.FixedTimeEquals(_tag.AsSpan(0, suite.RtcpTagBytes), packet[signed.Length..]))
            return false;
        packet[..RtcpHeaderBytes].CopyTo(plain);
        Encipher(_rtcpCipher, rtcp.Salt, signed[RtcpHeaderBytes..^RtcpIndexBytes], plain[RtcpHeaderBytes..], ssrc, index);
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _rtpCipher.Dispose();
        _rtcpCipher.Dispose();
        _rtpHash.Dispose();
        _rtcpHash.Dispose();
    }

    // Salt, SSRC and index side by side; the last 16 bits count the blocks of the packet (RFC 3711 section 4.1.1).
    private static void Encipher(AesCounterMode cipher, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> input, Span<byte> output, uint ssrc, long index)
    {
        var saltLow = BinaryPrimitives.ReadUInt64BigEndian(salt[6..]) << 16;
        cipher.Process(input, output, BinaryPrimitives.ReadUInt64BigEndian(salt) ^ ssrc, saltLow ^ ((ulong)index << 16));
    }

    // The roll-over counter is signed with the packet and not sent (RFC 3711 section 4.2).
    private void ComputeTag(ReadOnlySpan<byte> packet, long index)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_rollOver, (uint)(index >> 16));
        _rtpHash.AppendData(packet);
        _rtpHash.AppendData(_rollOver);
        _rtpHash.GetHashAndReset(_tag);
    }
}
