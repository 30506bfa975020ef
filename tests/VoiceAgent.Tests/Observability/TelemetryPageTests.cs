using Support;
using VoiceAgent.Observability.Catalog;

namespace VoiceAgent.Tests.Observability;

/// <summary>docs/telemetry.md is what the code says.</summary>
public sealed class TelemetryPageTests
{
    [Fact]
    public void The_page_in_docs_is_the_one_that_the_command_writes() =>
        Assert.True(TelemetryPage.Write() == File.ReadAllText(Path.Combine(Repository.Root, "docs", "telemetry.md")), "Run: voiceagent telemetry --out docs/telemetry.md");

    [Fact]
    public void Every_metric_says_what_it_is() => Assert.All(KnownInstruments.All(), instrument => Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal));

    [Fact]
    public void Tags_are_listed_of_metrics_that_there_are() =>
        Assert.Empty(MetricCatalog.Tags.Keys.Except(KnownInstruments.All().Select(instrument => instrument.Name), StringComparer.Ordinal));
}
