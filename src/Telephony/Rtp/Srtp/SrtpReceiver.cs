using System.Buffers.Binary;

namespace Telephony.Rtp.Srtp;

/// <summary>The cryptographic context of what the peer sends (RFC 3711 section 3.2): lets through what is authentic and new, decrypted. The first to look at a packet.</summary>
/// <remarks>Nothing that is not authentic leaves a trace here. Owned by the media clock's thread; allocates when built only.</remarks>
internal sealed class SrtpReceiver : IDisposable
{
    // A peer that changes its source more often forgets the oldest, whose packets could then be played again by one who kept them.
    private const int MaxStreams = 16;
    private const int RtpHeaderBytes = RtpPacket.FixedHeaderBytes;
    private const uint MaxRtcpIndex = 0x7FFF_FFFF;

    private readonly SrtpTransform _transform;
    private readonly SrtpSuite _suite;
    private readonly SrtpStream[] _streams = [.. Enumerable.Range(0, MaxStreams).Select(_ => new SrtpStream())];
    private readonly byte[] _plain = new byte[SrtpTransform.MaxPacketBytes];
    private SrtpStream _latest;
    private SrtpStream? _former;
    private long _packets;

    public SrtpReceiver(SrtpMasterKey key)
    {
        _transform = SrtpTransform.Create(key);
        _suite = key.Suite;
        _latest = _streams[0];
    }

    /// <summary>Goes on after a change of key: the peer may keep its roll-over counter, as RFC 3711 section 3.3.1 says, or set it to zero, as many do.</summary>
    public void Follow(SrtpReceiver former) => _former = former._latest.Rtp.IsEmpty ? former._former : former._latest;

    /// <summary>Checks and decrypts a datagram of the RTP port.</summary>
    /// <param name="datagram">As received.</param>
    /// <param name="packet">The RTP packet, valid until the next datagram; empty unless authentic.</param>
    public SrtpVerdict Unprotect(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        if (!TryReadHeader(datagram, out var headerBytes) || datagram.Length < headerBytes + _suite.TagBytes || datagram.Length > _plain.Length)
            return SrtpVerdict.Malformed;
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]);
        var sequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        var stream = Find(ssrc);
        var verdict = stream is null || stream.Rtp.IsEmpty
            ? Begin(datagram, headerBytes, ssrc, sequenceNumber, ref stream)
            : Continue(datagram, headerBytes, stream, SrtpStream.Estimate(stream.Rtp.Highest, sequenceNumber));
        if (verdict == SrtpVerdict.Authentic)
            packet = _plain.AsSpan(0, datagram.Length - _suite.TagBytes);
        return verdict;
    }

    /// <summary>Checks and decrypts a datagram of the RTCP port; one that is not encrypted is refused, as nobody has agreed to that.</summary>
    public SrtpVerdict UnprotectRtcp(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        var overheadBytes = SrtpTransform.RtcpIndexBytes + _suite.RtcpTagBytes;
        if (datagram.Length < SrtpTransform.RtcpHeaderBytes + overheadBytes || datagram.Length > _plain.Length || datagram[0] >> 6 != 2)
            return SrtpVerdict.Malformed;
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]);
        var flaggedIndex = _transform.ReadRtcpIndex(datagram);
        var index = flaggedIndex & MaxRtcpIndex;
        var stream = Find(ssrc);
        if (stream?.Rtcp.Allows(index) == false)
            return SrtpVerdict.Replayed;
        if ((flaggedIndex & SrtpTransform.RtcpEncrypted) == 0 || !_transform.TryUnprotectRtcp(datagram, ssrc, index, _plain))
            return SrtpVerdict.Forged;
        stream ??= Add(ssrc);
        stream.Rtcp.Add(index);
        packet = _plain.AsSpan(0, datagram.Length - overheadBytes);
        return SrtpVerdict.Authentic;
    }

    /// <inheritdoc/>
    public void Dispose() => _transform.Dispose();

    private SrtpVerdict Continue(ReadOnlySpan<byte> datagram, int headerBytes, SrtpStream stream, long index)
    {
        if (index < 0 || !stream.Rtp.Allows(index))
            return SrtpVerdict.Replayed;
        if (!_transform.TryUnprotect(datagram, headerBytes, stream.Ssrc, index, _plain))
            return SrtpVerdict.Forged;
        OnAuthentic(stream, index);
        return SrtpVerdict.Authentic;
    }

    // The counter of a stream that is heard for the first time is zero, unless its first packets were lost just before the counter went up,
    // or it is an old stream with a new key.
    private SrtpVerdict Begin(ReadOnlySpan<byte> datagram, int headerBytes, uint ssrc, ushort sequenceNumber, ref SrtpStream? stream)
    {
        Span<long> candidates = [sequenceNumber, 1 << 16 | sequenceNumber, -1];
        if (_former is { Rtp.IsEmpty: false } former && former.Ssrc == ssrc)
            candidates[2] = SrtpStream.Estimate(former.Rtp.Highest, sequenceNumber);
        foreach (var index in candidates)
        {
            if (index < 0 || !_transform.TryUnprotect(datagram, headerBytes, ssrc, index, _plain))
                continue;
            stream ??= Add(ssrc);
            OnAuthentic(stream, index);
            return SrtpVerdict.Authentic;
        }
        return SrtpVerdict.Forged;
    }

    private void OnAuthentic(SrtpStream stream, long index)
    {
        stream.Rtp.Add(index);
        stream.LastUsed = _packets++;
        _latest = stream;
    }

    private SrtpStream? Find(uint ssrc)
    {
        if (_latest.Ssrc == ssrc && _latest.LastUsed >= 0)
            return _latest;
        foreach (var stream in _streams)
        {
            if (stream.Ssrc == ssrc && stream.LastUsed >= 0)
                return stream;
        }
        return null;
    }

    private SrtpStream Add(uint ssrc)
    {
        var oldest = _streams[0];
        foreach (var stream in _streams)
        {
            if (stream.LastUsed < oldest.LastUsed)
                oldest = stream;
        }
        oldest.Begin(ssrc);
        oldest.LastUsed = _packets++;
        return oldest;
    }

    // The fixed header, contributing sources and an extension stay readable (RFC 3711 section 3.1).
    private static bool TryReadHeader(ReadOnlySpan<byte> datagram, out int headerBytes)
    {
        headerBytes = RtpHeaderBytes;
        if (datagram.Length < RtpHeaderBytes || datagram[0] >> 6 != 2)
            return false;
        headerBytes += 4 * (datagram[0] & 0x0F);
        if ((datagram[0] & 0x10) == 0)
            return true;
        if (datagram.Length < headerBytes + 4)
            return false;
        headerBytes += 4 + 4 * BinaryPrimitives.ReadUInt16BigEndian(datagram[(headerBytes + 2)..]);
        return true;
    }
}
