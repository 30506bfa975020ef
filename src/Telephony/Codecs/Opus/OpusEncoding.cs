namespace Telephony.Codecs.Opus;

/// <summary>How one call's Opus encoder is set: our options within the peer's wishes. Part of what offer and answer settle.</summary>
/// <param name="Complexity">0 to 10.</param>
/// <param name="BitrateBps">Average bitrate, at least 6000 bit/s.</param>
/// <param name="IsConstantBitrate">The peer wants packets of one size.</param>
/// <param name="InBandFec">Each packet repeats the one before it where that is worth it.</param>
/// <param name="ExpectedLossPercent">Loss that the redundancy is made for at least.</param>
/// <param name="MaxPlaybackRateHz">What lies above half of it the peer does not play.</param>
public sealed record OpusEncoding(int Complexity, int BitrateBps, bool IsConstantBitrate, bool InBandFec, int ExpectedLossPercent, int MaxPlaybackRateHz)
{
    /// <summary>Which of the five bandwidths (4, 6, 8, 12, 20 kHz) is the widest to be sent, from 0.</summary>
    internal int BandwidthIndex => MaxPlaybackRateHz switch
    {
        <= 8_000 => 0,
        <= 12_000 => 1,
        <= 16_000 => 2,
        <= 24_000 => 3,
        _ => 4,
    };

    /// <summary>Our options within what a peer asks for.</summary>
    public static OpusEncoding For(OpusOptions options, OpusFormat peer)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(peer);
        return new(options.Complexity, Math.Min(options.Bitrate, peer.MaxAverageBitrateBps ?? int.MaxValue), peer.IsConstantBitrate,
            options.InBandFec && peer.InBandFec, options.ExpectedLossPercent, peer.MaxPlaybackRateHz);
    }
}
