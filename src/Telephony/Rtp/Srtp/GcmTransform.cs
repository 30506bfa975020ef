using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Telephony.Rtp.Srtp;

/// <summary>AES in Galois/counter mode: the suites of RFC 7714.</summary>
/// <remarks>Owned by the media clock's thread. Allocates when built only.</remarks>
internal sealed class GcmTransform(SrtpSessionKeys rtp, SrtpSessionKeys rtcp) : SrtpTransform
{
    private const int TagBytes = SrtpSuite.MaxTagBytes;
    private const int NonceBytes = 12;

    private readonly AesGcm _rtp = new(rtp.Key, TagBytes);
    private readonly AesGcm _rtcp = new(rtcp.Key, TagBytes);
    private readonly AesCounterMode _rtpCounter = new(rtp.Key, MaxPacketBytes);
    private readonly AesCounterMode _rtcpCounter = new(rtcp.Key, MaxPacketBytes);
    private readonly byte[] _nonce = new byte[NonceBytes];
    private readonly byte[] _tag = new byte[TagBytes];
    private readonly byte[] _text = new byte[MaxPacketBytes];
    private readonly byte[] _rtcpAssociated = new byte[RtcpHeaderBytes + RtcpIndexBytes];

    /// <inheritdoc/>
    public override int Protect(Span<byte> buffer, int headerBytes, int packetBytes, uint ssrc, long index)
    {
        var text = buffer[headerBytes..packetBytes];
        SetNonce(rtp.Salt, ssrc, index);
        _rtp.Encrypt(_nonce, text, text, buffer.Slice(packetBytes, TagBytes), buffer[..headerBytes]);
        return packetBytes + TagBytes;
    }

    /// <inheritdoc/>
    public override bool TryUnprotect(ReadOnlySpan<byte> packet, int headerBytes, uint ssrc, long index, Span<byte> plain)
    {
        SetNonce(rtp.Salt, ssrc, index);
        if (!TryDecrypt(_rtp, _rtpCounter, packet[headerBytes..], plain[headerBytes..], packet[..headerBytes]))
            return false;
        packet[..headerBytes].CopyTo(plain);
        return true;
    }

    /// <inheritdoc/>
    public override int ProtectRtcp(Span<byte> buffer, int packetBytes, uint ssrc, uint index)
    {
        var text = buffer[RtcpHeaderBytes..packetBytes];
        SetNonce(rtcp.Salt, ssrc, index);
        SetRtcpAssociated(buffer, index);
        _rtcp.Encrypt(_nonce, text, text, buffer.Slice(packetBytes, TagBytes), _rtcpAssociated);
        // Unlike the other suites, the index comes behind the tag (RFC 7714 section 9.3).
        BinaryPrimitives.WriteUInt32BigEndian(buffer[(packetBytes + TagBytes)..], index | RtcpEncrypted);
        return packetBytes + TagBytes + RtcpIndexBytes;
    }

    /// <inheritdoc/>
    public override uint ReadRtcpIndex(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32BigEndian(packet[^RtcpIndexBytes..]);

    /// <inheritdoc/>
    public override bool TryUnprotectRtcp(ReadOnlySpan<byte> packet, uint ssrc, uint index, Span<byte> plain)
    {
        SetNonce(rtcp.Salt, ssrc, index);
        SetRtcpAssociated(packet, index);
        if (!TryDecrypt(_rtcp, _rtcpCounter, packet[RtcpHeaderBytes..^RtcpIndexBytes], plain[RtcpHeaderBytes..], _rtcpAssociated))
            return false;
        packet[..RtcpHeaderBytes].CopyTo(plain);
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
        _rtpCounter.Dispose();
        _rtcpCounter.Dispose();
    }

    // AesGcm throws for a false tag, which would let anybody who floods the port have the media thread busy with exceptions. So the text is decrypted
    // here, where counter mode begins with block 2 (NIST SP 800-38D section 7), and what encrypting it again gives as the tag is compared.
    private bool TryDecrypt(AesGcm gcm, AesCounterMode counter, ReadOnlySpan<byte> textAndTag, Span<byte> plain, ReadOnlySpan<byte> associated)
    {
        var text = textAndTag[..^TagBytes];
        plain = plain[..text.Length];
        var low = (ulong)BinaryPrimitives.ReadUInt32BigEndian(_nonce.AsSpan(8)) << 32 | 2;
        counter.Process(text, plain, BinaryPrimitives.ReadUInt64BigEndian(_nonce), low);
        gcm.Encrypt(_nonce, plain, _text.AsSpan(0, text.Length), _tag, associated);
        return CryptographicOperations.FixedTimeEquals(_tag, textAndTag[text.Length..]);
    }

    // 16 zero bits, SSRC, roll-over counter and sequence number, or the index of SRTCP in their place; all with the salt (RFC 7714 sections 8.1 and 9.1).
    private void SetNonce(ReadOnlySpan<byte> salt, uint ssrc, long index)
    {
        salt.CopyTo(_nonce);
        var high = BinaryPrimitives.ReadUInt32BigEndian(_nonce.AsSpan(2));
        BinaryPrimitives.WriteUInt32BigEndian(_nonce.AsSpan(2), high ^ ssrc);
        BinaryPrimitives.WriteUInt16BigEndian(_nonce.AsSpan(6), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(_nonce.AsSpan(6)) ^ (ushort)(index >> 32)));
        BinaryPrimitives.WriteUInt32BigEndian(_nonce.AsSpan(8), BinaryPrimitives.ReadUInt32BigEndian(_nonce.AsSpan(8)) ^ (uint)index);
    }

    private void SetRtcpAssociated(ReadOnlySpan<byte> packet, uint index)
    {
        packet[..RtcpHeaderBytes].CopyTo(_rtcpAssociated);
        BinaryPrimitives.WriteUInt32BigEndian(_rtcpAssociated.AsSpan(RtcpHeaderBytes), index | RtcpEncrypted);
    }
}
