using System.Diagnostics.Metrics;
using System.Text;

namespace VoiceAgent.Observability.Exposition;

/// <summary>Names of metrics and labels as Prometheus has them, by the rules of OpenTelemetry's "Prometheus and OpenMetrics Compatibility": what a collector makes of our OTLP is named alike.</summary>
internal static class PrometheusNames
{
    /// <summary>Name of an instrument's metric: its own with underscores, its unit, and <c>_total</c> for a counter.</summary>
    public static string Metric(Instrument instrument) => Metric(instrument.Name, instrument.Unit, MetricKinds.Of(instrument));

    /// <summary>The same from its parts.</summary>
    public static string Metric(string name, string? unit, MetricKind kind)
    {
        var metric = new StringBuilder(Letters(name, allowColon: true));
        if (Unit(unit, kind) is { Length: > 0 } suffix && !Ends(metric, suffix))
            metric.Append(metric[^1] == '_' ? "" : "_").Append(suffix);
        if (kind == MetricKind.Counter && !Ends(metric, "total"))
            metric.Append("_total");
        return metric.ToString();
    }

    /// <summary>Name of a label.</summary>
    public static string Label(string tag) => Letters(tag, allowColon: false);

    /// <summary>A text that stands in quotes (a label's value) or alone in a line (a help text).</summary>
    public static string Escaped(string text, bool inQuotes)
    {
        var escaped = text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        return inQuotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    // What stands in braces is a remark (UCUM's annotations), no unit.
    private static string Unit(string? unit, MetricKind kind) => unit switch
    {
        null or "" => "",
        "1" => kind == MetricKind.Gauge ? "ratio" : "",
        "ms" => "milliseconds",
        "s" => "seconds",
        "By" => "bytes",
        "%" => "percent",
        _ when unit[0] == '{' => "",
        _ => Letters(unit, allowColon: false),
    };

    private static bool Ends(StringBuilder name, string suffix) => name.ToString().EndsWith($"_{suffix}", StringComparison.Ordinal);

    private static string Letters(string name, bool allowColon)
    {
        var text = new StringBuilder(name.Length + 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            text.Append('_');
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c) || (allowColon && c == ':'))
                text.Append(c);
            else if (text.Length == 0 || text[^1] != '_')
                text.Append('_');
        }
        return text.ToString();
    }
}
