using System.Diagnostics.Metrics;
using Tools.Catalog;

namespace VoiceAgent.Observability;

/// <summary>What becomes of the tools' configuration, for any listener of the meter <c>VoiceAgent</c>.</summary>
internal sealed class ToolCatalogMetrics(IMeterFactory meters, ToolCatalog catalog)
{
    /// <summary>Creates the instruments.</summary>
    public void Start()
    {
        var meter = meters.Create(VoiceAgentMetrics.MeterName);
        meter.CreateObservableCounter("voiceagent.tools.reloads", () => catalog.Reloads, "{reload}", "Changes of the tools that were taken into use.");
        meter.CreateObservableCounter("voiceagent.tools.refused_reloads", () => catalog.RefusedReloads, "{reload}", "Changes of the tools that were refused; the old ones stay.");
        meter.CreateObservableGauge("voiceagent.tools.absent_sources", () => catalog.AbsentSources.Count, "{source}", "Configured sources of tools that do not answer.");
    }
}
