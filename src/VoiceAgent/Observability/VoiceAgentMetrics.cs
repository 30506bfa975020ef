using System.Diagnostics.Metrics;
using VoiceAgent.Calls;

namespace VoiceAgent.Observability;

/// <summary>Counters and histograms of calls, for any listener of the meter <c>VoiceAgent</c>.</summary>
public sealed class VoiceAgentMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "VoiceAgent";

    private readonly Counter<long> _started;
    private readonly Counter<long> _ended;
    private readonly Histogram<double> _answerMs;
    private readonly Counter<long> _interruptions;
    private readonly Counter<long> _droppedUplinkSamples;
    private readonly Counter<long> _silenceSteps;

    /// <summary>Creates the instruments.</summary>
    public VoiceAgentMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _started = meter.CreateCounter<long>("voiceagent.calls.started", "{call}", "Calls admitted.");
        _ended = meter.CreateCounter<long>("voiceagent.calls.ended", "{call}", "Calls ended, by reason.");
        _answerMs = meter.CreateHistogram<double>("voiceagent.calls.answer_time", "ms", "From the INVITE to the 200.");
        _interruptions = meter.CreateCounter<long>("voiceagent.calls.interruptions", "{interruption}", "Agent turns cut short by the caller.");
        _droppedUplinkSamples = meter.CreateCounter<long>("voiceagent.uplink.dropped", "{sample}", "Caller samples (16 kHz) dropped because the Live session did not take them in time.");
        _silenceSteps = meter.CreateCounter<long>("voiceagent.silence.steps", "{step}", "Steps taken for callers who waited in silence, by action and cause.");
    }

    internal void CallStarted() => _started.Add(1);

    internal void CallAnswered(double afterMs) => _answerMs.Record(afterMs);

    internal void SilenceStepTaken(SilenceAction action, SilenceCause cause) =>
        _silenceSteps.Add(1, new KeyValuePair<string, object?>("action", action.ToString()), new KeyValuePair<string, object?>("cause", cause.ToString()));

    internal void CallEnded(CallRecord record, long droppedUplinkSamples)
    {
        _ended.Add(1, new KeyValuePair<string, object?>("reason", record.EndReason.ToString()));
        _interruptions.Add(record.Interruptions);
        _droppedUplinkSamples.Add(droppedUplinkSamples);
    }
}
