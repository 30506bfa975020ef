using System.Diagnostics.Metrics;

namespace VoiceAgent.Observability.Exposition;

/// <summary>What becomes of an instrument's measurements.</summary>
internal enum MetricKind
{
    /// <summary>A sum that only grows.</summary>
    Counter,

    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>Counts of values by size.</summary>
    Histogram,
}

/// <summary>Tells instruments apart.</summary>
internal static class MetricKinds
{
    /// <summary>The kind of an instrument.</summary>
    public static MetricKind Of(Instrument instrument) => instrument switch
    {
        Counter<long> or Counter<int> or Counter<double> or ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> => MetricKind.Counter,
        Histogram<long> or Histogram<int> or Histogram<double> => MetricKind.Histogram,
        _ => MetricKind.Gauge,
    };

    /// <summary>Whether its measurements are added up, where they are not observed.</summary>
    public static bool IsSum(Instrument instrument) => instrument is not (Gauge<long> or Gauge<int> or Gauge<double>);

    /// <summary>Upper bounds of a histogram's buckets: what its maker advises, else those that OpenTelemetry takes, which suit milliseconds.</summary>
    public static double[] Bounds(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        _ => [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000],
    };
}
