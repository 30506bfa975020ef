using System.Diagnostics.Metrics;

namespace Telephony.Media;

/// <summary>What the media clock exports: how it is scheduled, how late it is, how many calls it moves.</summary>
/// <remarks>Meter <c>VoiceAgent.Telephony</c>. Recording allocates nothing.</remarks>
internal sealed class MediaMetrics : IDisposable
{
    public const string MeterName = "VoiceAgent.Telephony";

    private readonly Meter? _ownMeter;
    private readonly Histogram<double> _lateness;

    public MediaMetrics(IMeterFactory? meterFactory, MediaClock clock)
    {
        var meter = meterFactory?.Create(MeterName) ?? (_ownMeter = new Meter(MeterName));
        _lateness = meter.CreateHistogram<double>("media.clock.lateness", "ms", "Time from when a call was due (a packet to send, a gap to give up) to when its turn came.",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100] });
        meter.CreateObservableGauge(
            "media.clock.mode",
            () => new Measurement<int>(clock.IsRealTime ? 1 : 0, new KeyValuePair<string, object?>("waiter", clock.WaiterName)),
            description: "1 when the media thread runs with real-time priority, else 0.");
        meter.CreateObservableUpDownCounter("media.calls", () => clock.Calls, "{call}", "Calls whose media is clocked.");
        meter.CreateObservableCounter("media.clock.allocated", () => clock.AllocatedBytes, "By", "Bytes that the media thread has allocated.");
    }

    public void RecordLateness(long ns) => _lateness.Record(ns / 1e6);

    public void Dispose() => _ownMeter?.Dispose();
}
