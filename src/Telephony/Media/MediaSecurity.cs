using Telephony.Rtp.Srtp;

namespace Telephony.Media;

/// <summary>The door of a call's media: where it is encrypted, nothing that is not authentic gets any further, neither to the source lock nor to the time-outs.</summary>
/// <remarks>Owned by the media clock's thread; allocates nothing.</remarks>
internal sealed class MediaSecurity(MediaCounters counters)
{
    // The peer changes its key when it has our answer; what it sent before is on the way as long as that at most.
    private const long FormerKeyNs = 3_000_000_000;

    private SrtpReceiver? _receiver;
    private SrtpReceiver? _former;
    private long _formerUntilNs;

    /// <summary>Takes the peer's key of a new answer; null when media goes unencrypted.</summary>
    public void Apply(SrtpReceiver? receiver, long nowNs)
    {
        if (receiver == _receiver)
            return;
        _former?.Dispose();
        _former = _receiver;
        _formerUntilNs = nowNs + FormerKeyNs;
        _receiver = receiver;
        if (_former is not null)
            receiver?.Follow(_former);
    }

    /// <summary>Opens a datagram of the RTP port; false when it must not be looked at.</summary>
    public bool TryOpen(ref ReadOnlySpan<byte> datagram, long nowNs)
    {
        if (_receiver is null)
            return true;
        var verdict = _receiver.Unprotect(datagram, out var packet);
        if (verdict == SrtpVerdict.Forged && Former(nowNs) is { } former)
            verdict = former.Unprotect(datagram, out packet);
        datagram = packet;
        return Count(verdict);
    }

    /// <summary>Likewise of the RTCP port.</summary>
    public bool TryOpenRtcp(ref ReadOnlySpan<byte> datagram, long nowNs)
    {
        if (_receiver is null)
            return true;
        var verdict = _receiver.UnprotectRtcp(datagram, out var packet);
        if (verdict == SrtpVerdict.Forged && Former(nowNs) is { } former)
            verdict = former.UnprotectRtcp(datagram, out packet);
        datagram = packet;
        return Count(verdict);
    }

    /// <summary>Nothing comes in any more.</summary>
    public void Close()
    {
        _former?.Dispose();
        _receiver?.Dispose();
    }

    private SrtpReceiver? Former(long nowNs) => nowNs < _formerUntilNs ? _former : null;

    private bool Count(SrtpVerdict verdict)
    {
        switch (verdict)
        {
            case SrtpVerdict.Authentic:
                return true;
            case SrtpVerdict.Replayed:
                counters.PacketsReplayed++;
                return false;
            case SrtpVerdict.Forged:
                counters.PacketsUnauthenticated++;
                return false;
            default:
                counters.PacketsMalformed++;
                return false;
        }
    }
}
