using System.Net.Sockets;

namespace Telephony.Rtp;

/// <summary>The two bound sockets of one call's media: RTP on an even port, RTCP on the odd port above it. Leased from <see cref="RtpPortRange"/>.</summary>
/// <remarks>Whoever holds the pair disposes it once; a <c>MediaSession</c> that was given the pair does so when it ends.</remarks>
public sealed class RtpPortPair : IDisposable
{
    private readonly RtpPortRange _range;
    private int _disposed;

    internal RtpPortPair(RtpPortRange range, int rtpPort, Socket rtp, Socket rtcp)
    {
        _range = range;
        RtpPort = rtpPort;
        Rtp = rtp;
        Rtcp = rtcp;
    }

    /// <summary>Even UDP port of RTP: what goes into the SDP media line.</summary>
    public int RtpPort { get; }

    /// <summary>Odd UDP port of RTCP.</summary>
    public int RtcpPort => RtpPort + 1;

    internal Socket Rtp { get; }

    internal Socket Rtcp { get; }

    /// <summary>Closes both sockets and gives the ports back; further calls do nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Rtp.Dispose();
        Rtcp.Dispose();
        _range.Return(RtpPort);
    }
}
