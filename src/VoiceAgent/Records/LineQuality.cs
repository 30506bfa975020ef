using Telephony.Media;
using VoiceAgent.Calls;

namespace VoiceAgent.Records;

/// <summary>How good a call's line was: its counters, and by the E-model what a listener would have said of each direction.</summary>
/// <remarks>The scale is the narrowband telephone's: wideband codecs sound better than it can say. All codecs count as G.711 with concealment.</remarks>
internal static class LineQuality
{
    private const double PacketMs = 20;

    // What a jitter buffer adds, ours or the caller's: it waits for nearly all packets.
    private const double BufferPerJitter = 2;

    /// <summary>The line's figures as the record keeps them.</summary>
    public static MediaSummary Of(MediaStatistics media)
    {
        var sent = media.PacketsReceived + media.PacketsLost;
        var loss = Percent(media.PacketsLost, sent);
        var hasReport = media.RemoteFractionLost is not null;
        return new MediaSummary(media.PacketsReceived, media.PacketsSent, media.PacketsLost, media.JitterMs, media.RoundTripMs)
        {
            Codec = media.Codec,
            LossPercent = Math.Round(loss, 2),
            Mos = sent > 0 ? Mos(loss, media.JitterMs, media.RoundTripMs) : null,
            RemotePacketsLost = hasReport ? media.RemotePacketsLost : null,
            RemoteJitterMs = media.RemoteJitterMs,
            RemoteMos = hasReport ? Mos(Percent(media.RemotePacketsLost, media.PacketsSent), media.RemoteJitterMs ?? 0, media.RoundTripMs) : null,
        };
    }

    // Duplicates make a peer's count of losses negative (RFC 3550 section 6.4.1).
    private static double Percent(long lost, long sent) => sent > 0 ? Math.Clamp(100.0 * lost / sent, 0, 100) : 0;

    private static double Mos(double lossPercent, double jitterMs, double? roundTripMs)
    {
        var delayMs = (roundTripMs ?? 0) / 2 + PacketMs + BufferPerJitter * jitterMs;
        return Math.Round(EModel.MeanOpinion(EModel.Rating(delayMs, lossPercent, EModel.G711ConcealedRobustness)), 2);
    }
}
