using System.Diagnostics.Metrics;
using Tools.Catalog;
using VoiceAgent.Hosting;

namespace VoiceAgent.Observability;

/// <summary>What becomes of the tools' configuration and of their ledger, for any listener of the meter <c>VoiceAgent</c>.</summary>
internal sealed class ToolCatalogMetrics(IMeterFactory meters, ToolCatalog catalog, ToolLedger ledger)
{
    /// <summary>Creates the instruments.</summary>
    public void Start()
    {
        var meter = meters.Create(VoiceAgentMetrics.MeterName);
        meter.CreateObservableCounter("voiceagent.tools.reloads", () => catalog.Reloads, "{reload}", "Changes of the tools that were taken into use.");
        meter.CreateObservableCounter("voiceagent.tools.refused_reloads", () => catalog.RefusedReloads, "{reload}", "Changes of the tools that were refused; the old ones stay.");
        meter.CreateObservableGauge("voiceagent.tools.absent_sources", () => catalog.AbsentSources.Count, "{source}", "Configured sources of tools that do not answer.");
        meter.CreateObservableGauge("voiceagent.tools.ledger.unknown", () => ledger.UnknownEntries, "{entry}", "Entries of the ledger whose end nobody knows; somebody has to look (voiceagent tools ledger).");
        meter.CreateObservableCounter("voiceagent.tools.ledger.failed_writes", () => ledger.FailedWrites, "{write}", "Writes to the ledger that failed or were refused.");
    }
}
