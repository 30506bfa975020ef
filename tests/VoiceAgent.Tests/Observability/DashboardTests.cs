using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Support;
using VoiceAgent.Observability.Catalog;
using VoiceAgent.Observability.Exposition;

namespace VoiceAgent.Tests.Observability;

/// <summary>The Grafana dashboard and the alert rules ask for metrics and tags that there are.</summary>
public sealed partial class DashboardTests
{
    private static readonly IReadOnlyList<Instrument> Instruments = KnownInstruments.All();

    // Of Prometheus itself, and of the runtime.
    private static readonly string[] Others = ["up", "dotnet_process_cpu_time_seconds_total", "dotnet_process_memory_working_set_bytes"];

    // Written by Prometheus, which knows where a metric comes from.
    private static readonly string[] Labels = ["job", "instance", "le"];

    private static readonly string[] Words = ["sum", "max", "rate", "by", "histogram_quantile", "scalar", "label_values", "job", "instance"];

    [Fact]
    public void Every_metric_of_the_dashboard_exists() => AssertKnown(DashboardQueries());

    [Fact]
    public void Every_metric_of_the_rules_exists() => AssertKnown(RuleQueries());

    [Fact]
    public void Every_tag_in_a_query_is_one_of_its_metric()
    {
        foreach (var query in DashboardQueries().Concat(RuleQueries()))
        {
            var metrics = Metrics(query).ToList();
            var known = Instruments.Where(instrument => metrics.Any(metric => IsOf(metric, instrument))).SelectMany(instrument => MetricCatalog.Of(instrument.Name)).Select(tag => tag.Tag)
                .Concat(Labels).ToHashSet(StringComparer.Ordinal);
            var used = Matcher().Matches(query).Select(match => match.Groups["label"].Value)
                .Concat(Grouping().Matches(query).SelectMany(match => match.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
            Assert.All(used, label => Assert.True(known.Contains(label), $"{label} in {query}"));
        }
    }

    [Fact]
    public void Dashboard_has_what_an_operator_looks_for()
    {
        var all = string.Concat(DashboardQueries());
        foreach (var metric in (string[])["voiceagent_calls_active", "voiceagent_calls_answer_time", "voiceagent_turns_response_time", "voiceagent_dead_air", "voiceagent_live_reconnects", "voiceagent_rtp_loss", "voiceagent_rtp_jitter",
            "media_clock_lateness", "voiceagent_live_tokens", "voiceagent_live_cost", "telephony_calls_refused", "voiceagent_records_lost", "voiceagent_recordings_lost", "voiceagent_cluster_sessions_held"])
            Assert.Contains(metric, all, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_do_not_exist_would_be_noticed()
    {
        Assert.False(IsKnown("voiceagent_calls_activ"));
        Assert.False(IsKnown("voiceagent_calls_active_bucket"));
        Assert.True(IsKnown("voiceagent_dead_air_seconds_bucket"));
    }

    private static void AssertKnown(List<string> queries)
    {
        Assert.True(queries.Count > 8);
        Assert.All(queries.SelectMany(Metrics), metric => Assert.True(IsKnown(metric), metric));
    }

    private static bool IsKnown(string metric) => Others.Contains(metric) || Instruments.Any(instrument => IsOf(metric, instrument));

    private static bool IsOf(string metric, Instrument instrument)
    {
        var name = PrometheusNames.Metric(instrument);
        return MetricKinds.Of(instrument) == MetricKind.Histogram ? metric == $"{name}_bucket" || metric == $"{name}_sum" || metric == $"{name}_count" : metric == name;
    }

    // What is neither in quotes nor in braces, no function and no duration.
    private static IEnumerable<string> Metrics(string query) => Name().Matches(Grouping().Replace(Selector().Replace(Quoted().Replace(query, ""), ""), ""))
        .Select(match => match.Value).Where(name => !Words.Contains(name));

    private static List<string> DashboardQueries()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "config", "grafana", "dashboards", "voiceagent.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.TryGetProperty("targets", out _)).ToList();
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        return [.. panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!)];
    }

    private static List<string> RuleQueries() =>
        [.. File.ReadLines(Path.Combine(Repository.Root, "config", "prometheus", "voiceagent.rules.yml")).Where(line => line.TrimStart().StartsWith("expr: ", StringComparison.Ordinal)).Select(line => line.Trim()["expr: ".Length..])];

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.None, 1_000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]", RegexOptions.None, 1_000)]
    private static partial Regex Selector();

    [GeneratedRegex(@"(?<label>[a-z_]+)(=~|=|!=)""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\bby \((?<labels>[^)]*)\)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\b[a-z][a-z0-9_]*\b", RegexOptions.None, 1_000)]
    private static partial Regex Name();
}
