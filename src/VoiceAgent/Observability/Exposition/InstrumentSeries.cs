using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace VoiceAgent.Observability.Exposition;

/// <summary>What an instrument has measured so far: one <see cref="Series"/> for each set of tags.</summary>
/// <remarks>Written by any thread; allocates when a set of tags is met for the first time only. Bounded: what comes after <see cref="MaxSeries"/> sets goes into one series of its own.</remarks>
internal sealed class InstrumentSeries
{
    /// <summary>Sets of tags that one metric has at most.</summary>
    public const int MaxSeries = 1_000;

    private static readonly TagSet Overflow = TagSet.Of(new KeyValuePair<string, object?>("otel.metric.overflow", "true"));

    private readonly ConcurrentDictionary<TagSet, Series> _series = new(new TagSet.Comparer());
    private readonly ConcurrentDictionary<TagSet, Series>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _byTags;
    private readonly double[]? _bounds;
    private readonly bool _isObserved;
    private readonly bool _isSum;
    private Series? _untagged;
    private int _count;
    private long _look;

    public InstrumentSeries(Instrument instrument)
    {
        Kind = MetricKinds.Of(instrument);
        Name = PrometheusNames.Metric(instrument);
        Help = instrument.Description ?? "";
        _byTags = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
        _bounds = Kind == MetricKind.Histogram ? MetricKinds.Bounds(instrument) : null;
        (_isObserved, _isSum) = (instrument.IsObservable, MetricKinds.IsSum(instrument));
    }

    /// <summary>Name of the metric.</summary>
    public string Name { get; }

    /// <summary>What it says.</summary>
    public string Help { get; }

    /// <summary>Its kind.</summary>
    public MetricKind Kind { get; }

    /// <summary>Names of the tags that were met.</summary>
    public IEnumerable<string> TagKeys => _series.Keys.SelectMany(tags => tags.Keys).Distinct(StringComparer.Ordinal);

    /// <summary>A measurement came.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = tags.Length == 0 ? Untagged() : Tagged(tags);
        if (_isObserved || !_isSum)
            series.Set(value);
        else
            series.Add(value);
        series.SeenIn = _look;
    }

    /// <summary>All that is observed is about to be looked at.</summary>
    public void Look() => _look++;

    /// <summary>Appends the lines of all series.</summary>
    public void Write(StringBuilder text)
    {
        foreach (var series in _series.Values.Where(series => !_isObserved || series.SeenIn == _look).OrderBy(series => series.Tags.Labels, StringComparer.Ordinal))
            series.Write(text, Name);
    }

    private Series Untagged() => _untagged ??= Tagged([]);

    private Series Tagged(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_byTags.TryGetValue(tags, out var known))
            return known;
        var key = Interlocked.Increment(ref _count) <= MaxSeries ? TagSet.Of(tags) : Overflow;
        return _series.GetOrAdd(key, static (set, bounds) => new Series(set, bounds), _bounds);
    }
}
