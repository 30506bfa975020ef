using Telephony.Rtp;

namespace Telephony.Media;

/// <summary>Notices a caller of whom nothing is heard any more; a caller on hold, or one that only wants to listen, is silent by right.</summary>
/// <remarks>Owned by the media clock's thread; allocates nothing.</remarks>
internal sealed class MediaTimeouts(RtpOptions options)
{
    private readonly long _firstPacketNs = options.FirstPacketTimeout.ToNs();
    private readonly long _packetNs = options.PacketTimeout.ToNs();
    private long _heardNs;
    private bool _hadPacket;
    private bool _reported;

    /// <summary>Counts from now on: the start, the end of hold, a new answer.</summary>
    public void Restart(long nowNs) => _heardNs = nowNs;

    /// <summary>RTP or RTCP of the caller came.</summary>
    public void OnHeard(long nowNs, bool isRtp)
    {
        _heardNs = nowNs;
        _hadPacket |= isRtp;
    }

    /// <summary>True once, when the caller has been silent for too long.</summary>
    /// <param name="nowNs">Monotonic time.</param>
    /// <param name="silent">How long.</param>
    public bool IsOver(long nowNs, out TimeSpan silent)
    {
        var limitNs = _hadPacket ? _packetNs : _firstPacketNs;
        silent = TimeSpan.FromTicks((nowNs - _heardNs) / TimeSpan.NanosecondsPerTick);
        if (_reported || limitNs == 0 || nowNs - _heardNs < limitNs)
            return false;
        _reported = true;
        return true;
    }
}
