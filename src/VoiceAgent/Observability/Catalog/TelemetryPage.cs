using System.Diagnostics.Metrics;
using System.Text;
using VoiceAgent.Observability.Exposition;

namespace VoiceAgent.Observability.Catalog;

/// <summary>The page that lists every metric, <c>docs/telemetry.md</c>: written by <c>voiceagent telemetry</c>, never by hand.</summary>
internal static class TelemetryPage
{
    /// <summary>The page as Markdown.</summary>
    public static string Write()
    {
        var page = new StringBuilder(Head);
        foreach (var meter in KnownInstruments.All().GroupBy(instrument => instrument.Meter.Name, StringComparer.Ordinal))
        {
            page.Append("\n### Meter `").Append(meter.Key).Append("`\n\n");
            page.Append("| OpenTelemetry | Prometheus | Kind | Unit | Tags | What it says |\n|---|---|---|---|---|---|\n");
            foreach (var instrument in meter)
                Append(page, instrument);
        }
        return page.Append(Tail).ToString();
    }

    private const string Head = """
        # Telemetry: metrics, traces, logs

        Written by `voiceagent telemetry --out docs/telemetry.md` from the code; a test compares the two. Settings: section `Telemetry` of `config/appsettings.json`.

        - **Prometheus** reads `http://HOST:8080/metrics` (text format 0.0.4): from the same machine as it is, from others with `Http:ApiKey` as bearer token, or without it where `Telemetry:Metrics` is `Open`.
        - **OpenTelemetry**: `Telemetry:Otlp:Endpoint` names a collector that metrics, traces and logs are sent to. A collector's own Prometheus exporter names them as below, so the dashboard in `config/grafana` and the rules in `config/prometheus` fit both.
        - The runtime's meter `System.Runtime` (memory, collections, threads, processor time) comes with both.

        ## Metrics

        """;

    private const string Tail = "";

    private static void Append(StringBuilder page, Instrument instrument)
    {
        var tags = MetricCatalog.Of(instrument.Name).Select(tag => $"`{tag.Tag}`: {tag.Meaning}");
        page.Append("| `").Append(instrument.Name).Append("` | `").Append(PrometheusNames.Metric(instrument)).Append("` | ")
            .Append(MetricKinds.Of(instrument).ToString().ToLowerInvariant()).Append(" | ").Append(instrument.Unit ?? "").Append(" | ")
            .AppendJoin("; ", tags).Append(" | ").Append(instrument.Description).Append(" |\n");
    }
}
