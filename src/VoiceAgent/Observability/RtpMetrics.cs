using System.Diagnostics.Metrics;
using VoiceAgent.Calls;

namespace VoiceAgent.Observability;

/// <summary>How well callers were heard: RTP figures of calls that are over, by trunk.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class RtpMetrics(Meter meter)
{
    private readonly Counter<long> _received = meter.CreateCounter<long>("voiceagent.rtp.packets.received", "{packet}", "RTP packets taken from callers, counted when their call ends.");
    private readonly Counter<long> _sent = meter.CreateCounter<long>("voiceagent.rtp.packets.sent", "{packet}", "RTP packets sent to callers, counted when their call ends.");
    private readonly Counter<long> _lost = meter.CreateCounter<long>("voiceagent.rtp.packets.lost", "{packet}", "RTP packets of callers that never came, counted when their call ends.");
    private readonly Histogram<double> _loss = meter.CreateHistogram("voiceagent.rtp.loss", "%", "Share of the caller's packets that never came, one value for each call.",
        tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0, 0.1, 0.5, 1, 2, 3, 5, 10, 20, 50] });
    private readonly Histogram<double> _jitterMs = meter.CreateHistogram("voiceagent.rtp.jitter", "ms", "Interarrival jitter (RFC 3550) at the end of a call.",
        tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 30, 50, 100, 200] });
    private readonly Histogram<double> _roundTripMs = meter.CreateHistogram("voiceagent.rtp.round_trip", "ms", "Round-trip time by RTCP at the end of a call, where the peer tells it.",
        tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5, 10, 20, 50, 100, 150, 200, 300, 500, 1_000] });

    private readonly Histogram<double> _mos = meter.CreateHistogram("voiceagent.rtp.mos", unit: null, "Mean opinion score of the caller's audio as it reached us, 1 to 4.5 by the E-model, one value for each call.",
        tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 2.5, 3, 3.5, 3.8, 4, 4.1, 4.2, 4.3, 4.4] });

    /// <summary>A call is over.</summary>
    /// <param name="trunk">Its trunk; null for none.</param>
    /// <param name="media">Its figures; nothing is noted of a call without audio.</param>
    public void CallEnded(string? trunk, MediaSummary? media)
    {
        if (media is null || media.PacketsReceived + media.PacketsSent == 0)
            return;
        var tag = new KeyValuePair<string, object?>("trunk", trunk ?? "none");
        _received.Add(media.PacketsReceived, tag);
        _sent.Add(media.PacketsSent, tag);
        _lost.Add(media.PacketsLost, tag);
        if (media.PacketsReceived == 0)
            return;
        _loss.Record(media.LossPercent, tag);
        _jitterMs.Record(media.JitterMs, tag);
        if (media.RoundTripMs is { } roundTripMs)
            _roundTripMs.Record(roundTripMs, tag);
        if (media.Mos is { } mos)
            _mos.Record(mos, tag);
    }
}
