namespace Telephony.Rtp.Srtp;

/// <summary>What a receiver knows of one SSRC (RFC 3711 section 3.2.3): its roll-over counter and what has been received of it.</summary>
/// <remarks>Owned by the media clock's thread; changed by authentic packets only.</remarks>
internal sealed class SrtpStream
{
    private const int HalfOfAll = 1 << 15;
    private const int All = 1 << 16;

    /// <summary>What was received of SRTP; its highest index holds the roll-over counter.</summary>
    public ReplayWindow Rtp;

    /// <summary>What was received of SRTCP.</summary>
    public ReplayWindow Rtcp;

    /// <summary>The source.</summary>
    public uint Ssrc { get; private set; }

    /// <summary>When it was heard last, counted in packets of all sources.</summary>
    public long LastUsed { get; set; } = -1;

    /// <summary>Begins anew with another source.</summary>
    public void Begin(uint ssrc) => (Ssrc, Rtp, Rtcp) = (ssrc, default, default);

    /// <summary>The index that a sequence number most likely has: the nearest to the highest one received (RFC 3711 section 3.3.1).</summary>
    /// <returns>Negative when it would lie before the stream's beginning.</returns>
    public static long Estimate(long highest, ushort sequenceNumber)
    {
        var index = highest & ~(All - 1L) | sequenceNumber;
        return (index - highest) switch
        {
            > HalfOfAll => index - All,
            < -HalfOfAll => index + All,
            _ => index,
        };
    }
}
