using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace VoiceAgent.Observability.Exposition;

/// <summary>All metrics of this service, and of the runtime that it runs on, as Prometheus reads them: its text format, version 0.0.4.</summary>
/// <remarks>Listens from <see cref="Start"/> on; measurements come on any thread and neither wait nor allocate. One reader at a time looks at what is observed.</remarks>
/// <param name="meters">Whose meters are shown: other services in the same process have their own.</param>
internal sealed class MetricsText(IMeterFactory meters) : IDisposable
{
    /// <summary>What the text is, in an HTTP header.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The meter of the runtime: memory, collections, threads, processor time.</summary>
    public const string RuntimeMeter = "System.Runtime";

    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> _instruments = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _reading = new();

    /// <summary>Names of the tags that were met, by the name of the instrument.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> TagKeys =>
        _instruments.GroupBy(pair => pair.Key.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[.. group.SelectMany(pair => pair.Value.TagKeys).Distinct(StringComparer.Ordinal)], StringComparer.Ordinal);

    /// <summary>Begins to count; what was measured before is not known.</summary>
    public void Start()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) || instrument.Meter.Name == RuntimeMeter)
                listener.EnableMeasurementEvents(instrument, _instruments.GetOrAdd(instrument, static key => new InstrumentSeries(key)));
        };
        _listener.MeasurementsCompleted = (instrument, _) => _instruments.TryRemove(instrument, out var _);
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>All metrics as they are now.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        lock (_reading)
        {
            foreach (var instrument in _instruments.Values)
                instrument.Look();
            _listener.RecordObservableInstruments();
            // A metric is one family, whichever instruments it comes from.
            foreach (var family in _instruments.Values.GroupBy(instrument => instrument.Name, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
                Write(text, [.. family]);
        }
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static void Write(StringBuilder text, IReadOnlyList<InstrumentSeries> family)
    {
        var first = family[0];
        text.Append("# HELP ").Append(first.Name).Append(' ').Append(PrometheusNames.Escaped(first.Help, inQuotes: false)).Append('\n');
        text.Append("# TYPE ").Append(first.Name).Append(' ').Append(first.Kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Histogram => "histogram",
            _ => "gauge",
        }).Append('\n');
        foreach (var instrument in family)
            instrument.Write(text);
    }
}
