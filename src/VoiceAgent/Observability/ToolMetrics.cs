using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tools.Invocation;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Observability;

/// <summary>Counters and histograms of tools, by tool.</summary>
/// <remarks>Any thread. Bounded in names: a model can make up as many as it likes.</remarks>
internal sealed class ToolMetrics(Meter meter)
{
    private const int MaxNames = 1_000;
    private const string Others = "(others)";

    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);

    private readonly Counter<long> _calls = meter.CreateCounter<long>("voiceagent.tools.calls", "{call}", "Calls of tools that have ended, by tool, outcome and whether they repeated an earlier one.");
    private readonly UpDownCounter<long> _running = meter.CreateUpDownCounter<long>("voiceagent.tools.running", "{call}", "Calls of tools that have not ended.");
    private readonly Histogram<double> _durationMs = meter.CreateHistogram<double>("voiceagent.tools.duration", "ms", "From the model's call to the end of the work.");
    private readonly Histogram<double> _startMs = meter.CreateHistogram<double>("voiceagent.tools.start_delay", "ms", "From the model's call to the start of the work.");
    private readonly Histogram<double> _deliveryMs = meter.CreateHistogram<double>("voiceagent.tools.delivery_delay", "ms", "From the end of the work until the result was handed to the Live session.");

    /// <summary>The model has called.</summary>
    public void Begun(string tool) => _running.Add(1, TagOf(tool));

    /// <summary>The work of a call has ended, or was refused.</summary>
    public void Ended(ToolInvocation invocation)
    {
        var tool = TagOf(invocation.Tool);
        _running.Add(-1, tool);
        _calls.Add(1, tool, Tag("outcome", invocation.Outcome.ToString()), Tag("repeated", invocation.DuplicateOf is not null));
        if (invocation.DurationMs is { } durationMs)
            _durationMs.Record(durationMs, tool);
        if (invocation.StartedAfterMs is { } startMs)
            _startMs.Record(startMs, tool);
    }

    /// <summary>A result was handed over.</summary>
    public void Delivered(ToolEntry entry, double afterMs) => _deliveryMs.Record(afterMs, TagOf(entry.Tool), Tag("how", entry.Delivered.ToString()));

    private KeyValuePair<string, object?> TagOf(string tool) => Tag("tool", _names.Count < MaxNames ? _names.GetOrAdd(tool, tool) : _names.GetValueOrDefault(tool, Others));

    private static KeyValuePair<string, object?> Tag(string key, object? value) => new(key, value);
}
