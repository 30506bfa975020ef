using System.Diagnostics.Metrics;
using System.Text;
using VoiceAgent.Observability.Exposition;
using VoiceAgent.Observability.Tracing;

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
        AppendSpans(page);
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

    private const string Tail = """

        ## Logs

        What the console shows goes to the collector too, line by line, with the same levels (section `Logging`).

        ## Is it well

        | State | `GET /health/ready` | SIP `OPTIONS` |
        |---|---|---|
        | a call would be served | 200 `ready` | 200 |
        | as many calls as `Calls:MaxCalls` are up | 503 `full` | 503 `All Lines Busy`, without Retry-After |
        | no Live target serves | 503 `live down` | 503 `Live Service Down`; 200 where `Calls:OnSetupFailure` is `Apologise`, since calls are taken then |
        | draining | 503 `draining` | 503 `Draining`, Retry-After 30 |
        | not listening yet | 503 `starting` | no answer |

        Further lines of `/health/ready` name each part that is ill, also where calls are served all the same: Live targets, trunks, records, recordings, a missing key of the Live service (then callers speak with the built-in simulated server, or `Live:Endpoint` is asked without one). A Live service is taken for down after five failures within ten seconds, which takes calls to notice;
        that it serves again is noticed within a second or, after half a minute, five, with calls or without. `/health/live` is 200 as long as the process runs.

        ## SIP messages

        The messages of each call are kept while it is up, the first 16 and the last 48 of them, and stand in the record of a call that failed. `GET /calls/ID/ladder` (from the same machine, or with `Http:ApiKey`) draws those of a running call as a ladder, `voiceagent calls show ID` those of a call that failed. Credentials, keys of SRTP and pressed digits are taken out.
        `Telephony:Hep:Collector` names a capture server such as Homer (tried with kamailio's sipcapture), which gets a copy of every message by HEP version 3, without these too.

        """;

    private static void Append(StringBuilder page, Instrument instrument)
    {
        var tags = MetricCatalog.Of(instrument.Name).Select(tag => $"`{tag.Tag}`: {tag.Meaning}");
        page.Append("| `").Append(instrument.Name).Append("` | `").Append(PrometheusNames.Metric(instrument)).Append("` | ")
            .Append(MetricKinds.Of(instrument).ToString().ToLowerInvariant()).Append(" | ").Append(instrument.Unit ?? "").Append(" | ")
            .AppendJoin("; ", tags).Append(" | ").Append(instrument.Description).Append(" |\n");
    }

    private static void AppendSpans(StringBuilder page)
    {
        page.Append("\n## Traces\n\nOne trace for each call. Spans carry no word of what was said, and no numbers unless `Telemetry:NumbersInTraces` is set. All but the call's own and the tools' are written when the call is over.\n\n");
        page.Append("| Span | What it covers | Attributes |\n|---|---|---|\n");
        foreach (var (name, meaning, attributes) in SpanCatalog.All)
            page.Append("| `").Append(name).Append("` | ").Append(meaning).Append(" | ").AppendJoin(", ", attributes.Select(attribute => $"`{attribute}`")).Append(" |\n");
        page.Append("\n| Attribute | What it says |\n|---|---|\n");
        foreach (var (attribute, meaning) in SpanCatalog.Meanings)
            page.Append("| `").Append(attribute).Append("` | ").Append(meaning).Append(" |\n");
    }
}
