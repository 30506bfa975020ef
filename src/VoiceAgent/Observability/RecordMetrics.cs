using System.Diagnostics.Metrics;
using VoiceAgent.Records;

namespace VoiceAgent.Observability;

/// <summary>Whether the records of calls are written.</summary>
internal sealed class RecordMetrics(IMeterFactory meters, RecordWriter records)
{
    /// <summary>Creates the instruments.</summary>
    public void Start()
    {
        var meter = meters.Create(VoiceAgentMetrics.MeterName);
        meter.CreateObservableGauge("voiceagent.records.waiting", () => records.Health.Waiting, "{call}", "Calls whose record waits for a database that does not take it.");
        meter.CreateObservableCounter("voiceagent.records.lost", () => records.Health.Lost, "{call}", "Calls of whose record something was given up, because the database did not take it for too long.");
    }
}
