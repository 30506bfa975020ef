using System.Diagnostics.Metrics;
using VoiceAgent.Calls;

namespace VoiceAgent.Observability;

/// <summary>How full the service is: what an operator scales by.</summary>
internal sealed class CapacityMetrics(IMeterFactory meters, CallTable calls)
{
    /// <summary>Creates the instruments.</summary>
    public void Start()
    {
        var meter = meters.Create(VoiceAgentMetrics.MeterName);
        meter.CreateObservableGauge("voiceagent.calls.active", () => calls.Count, "{call}", "Calls that have a place: admitted, and their record not complete.");
        meter.CreateObservableGauge("voiceagent.calls.limit", () => calls.MaxCalls, "{call}", "Places for calls (Calls:MaxCalls).");
        meter.CreateObservableGauge("voiceagent.draining", () => calls.IsDraining ? 1 : 0, description: "1 while no new call is taken because the service stops or is drained, else 0.");
    }
}
