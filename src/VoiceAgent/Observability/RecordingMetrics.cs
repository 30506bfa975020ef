using System.Diagnostics.Metrics;
using VoiceAgent.Recordings;

namespace VoiceAgent.Observability;

/// <summary>Whether the sound of calls is written.</summary>
internal sealed class RecordingMetrics(IMeterFactory meters, Recorder recorder)
{
    /// <summary>Creates the instruments.</summary>
    public void Start()
    {
        var meter = meters.Create(VoiceAgentMetrics.MeterName);
        meter.CreateObservableGauge("voiceagent.recordings.running", () => recorder.Health.Running, "{call}", "Calls that are recorded now.");
        meter.CreateObservableGauge("voiceagent.recordings.waiting", () => recorder.WaitingBytes, "By", "Sound that waits for a disk that does not take it.");
        meter.CreateObservableCounter("voiceagent.recordings.lost", () => recorder.Health.LostSeconds, "s", "Recorded sound that was given up and became silence, because the disk did not take it or the machine was too busy.");
    }
}
