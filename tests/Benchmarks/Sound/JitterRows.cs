using AudioMeasures;
using AudioMeasures.Impairments;
using Benchmarks.Media;
using Telephony.Codecs;
using Telephony.Tests.Media;

namespace Benchmarks.Sound;

/// <summary>B4: how long packets wait in the service when the network jitters and when it changes their order.</summary>
internal static class JitterRows
{
    private const int Frames = 6_000;

    public static IEnumerable<FigureRow> Measure() =>
    [
        Row("30 ms jitter, packets in order", new Impairment { JitterMs = 30 }),
        Row("30 ms jitter, 2 % of packets overtaken by 30 ms", new Impairment { JitterMs = 30, Reorder = 0.02 }),
    ];

    private static FigureRow Row(string what, Impairment impairment)
    {
        var call = ImpairedCall.Run(CodecCatalog.Pcmu, FrameCounter.Create(8000, 0, Frames), impairment, seed: 1);
        var waits = new Samples();
        foreach (var delayMs in call.DelaysMs)
            waits.Add(delayMs);
        var report = CountedReport.Of(call.Heard, ImpairedCall.HeardRateHz);
        return new(
            "B4", $"packet in to samples out, {what}", "p50 <= 5, p99 <= 60 ms", Verdict.Of(waits, 5, 60),
            $"counted audio: {report.Lost} of {Frames} frames lost, {report.OutOfOrder} out of order");
    }
}
