using System.Diagnostics.Metrics;
using GeminiLive;
using Tools.Invocation;
using VoiceAgent.Audio;
using VoiceAgent.Calls;
using VoiceAgent.ToolCalls;

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
    private readonly Counter<long> _droppedPlayoutSamples;
    private readonly Counter<long> _lateAudio;
    private readonly Counter<long> _silenceSteps;
    private readonly Histogram<double> _deadAir;
    private readonly Histogram<double> _responseMs;
    private readonly Counter<long> _reconnects;
    private readonly Histogram<double> _reconnectGapMs;
    private readonly Counter<long> _tokens;
    private readonly Counter<double> _cost;
    private readonly ToolMetrics _tools;
    private readonly RtpMetrics _rtp;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where they belong.</param>
    /// <param name="live">Whose connections are counted.</param>
    public VoiceAgentMetrics(IMeterFactory meters, LiveClientFactory live)
    {
        var meter = meters.Create(MeterName);
        _started = meter.CreateCounter<long>("voiceagent.calls.started", "{call}", "Calls admitted.");
        _ended = meter.CreateCounter<long>("voiceagent.calls.ended", "{call}", "Calls ended, by reason.");
        _answerMs = meter.CreateHistogram<double>("voiceagent.calls.answer_time", "ms", "From the INVITE to the 200.");
        _interruptions = meter.CreateCounter<long>("voiceagent.calls.interruptions", "{interruption}", "Agent turns cut short by the caller.");
        _droppedUplinkSamples = meter.CreateCounter<long>("voiceagent.uplink.dropped", "{sample}", "Caller samples (16 kHz) dropped because the Live session did not take them in time.");
        _droppedPlayoutSamples = meter.CreateCounter<long>("voiceagent.playout.dropped", "{sample}", "Model samples (24 kHz) dropped because more than Live:PlayoutLimit waited to be played.");
        _lateAudio = meter.CreateCounter<long>("voiceagent.playout.late", "{hole}", "Holes that callers heard in what the agent said, because its audio came too late.");
        _silenceSteps = meter.CreateCounter<long>("voiceagent.silence.steps", "{step}", "Steps taken for callers who waited in silence, by action and cause.");
        _deadAir = meter.CreateHistogram("voiceagent.dead_air", "s", "Silences of 0.5 s and more in which callers waited, by cause (model, tool, reconnect, network) and what ended them: answer (time without the agent, fillers not counted) or filler (time without any sound).",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 12, 20, 30, 60] });
        _responseMs = meter.CreateHistogram("voiceagent.turns.response_time", "ms", "From the caller's last sound to the agent's first, turn by turn.",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [100, 200, 300, 400, 500, 600, 800, 1_000, 1_250, 1_500, 2_000, 3_000, 5_000, 8_000, 15_000] });
        _reconnects = meter.CreateCounter<long>("voiceagent.live.reconnects", "{connection}", "Live connections lost or changed, by whether that was planned and whether it succeeded.");
        _reconnectGapMs = meter.CreateHistogram<double>("voiceagent.live.reconnect_gap", "ms", "From the loss of a Live connection to the accepted setup of the next.");
        meter.CreateObservableCounter("voiceagent.live.connects", () => live.Counts.Attempts, "{connection}", "Live sessions asked for, first connections and later ones.");
        meter.CreateObservableCounter("voiceagent.live.connect_failures", () => live.Counts.Failures, "{connection}", "Of these, attempts that became no session.");
        meter.CreateObservableCounter("voiceagent.live.fallbacks", () => live.Counts.Fallbacks, "{connection}", "Live connections that one of Live:Fallbacks took.");
        meter.CreateObservableCounter("voiceagent.live.breaker_openings", () => live.Counts.BreakerOpenings, "{opening}", "Times that a target of Live sessions was taken for down.");
        meter.CreateObservableGauge("voiceagent.live.targets_down", () => live.Counts.OpenBreakers, "{target}", "Targets of Live sessions that are taken for down.");
        _tokens = meter.CreateCounter<long>("voiceagent.live.tokens", "{token}", "Tokens billed by the Live service, by kind.");
        _cost = meter.CreateCounter<double>("voiceagent.live.cost", "{USD}", "Cost of ended calls by the price table; calls on models without a price add nothing.");
        _tools = new ToolMetrics(meter);
        _rtp = new RtpMetrics(meter);
    }

    internal void CallStarted() => _started.Add(1);

    internal void CallAnswered(double afterMs) => _answerMs.Record(afterMs);

    internal void SilenceStepTaken(SilenceAction action, SilenceCause cause) =>
        _silenceSteps.Add(1, new KeyValuePair<string, object?>("action", action.ToString()), new KeyValuePair<string, object?>("cause", cause.ToString()));

    internal void DeadAir(DeadAirCause cause, TimeSpan silence, DeadAirEnd end) => _deadAir.Record(
        silence.TotalSeconds, new KeyValuePair<string, object?>("cause", Tag(cause)), new KeyValuePair<string, object?>("ended_by", end == DeadAirEnd.Answer ? "answer" : "filler"));

    internal void Responded(TimeSpan latency) => _responseMs.Record(latency.TotalMilliseconds);

    internal void ToolBegun(string tool) => _tools.Begun(tool);

    internal void ToolEnded(ToolInvocation invocation) => _tools.Ended(invocation);

    internal void ToolDelivered(ToolEntry entry, double afterMs) => _tools.Delivered(entry, afterMs);

    internal void CallEnded(CallRecord record, long droppedUplinkSamples, PlayoutBuffer playout)
    {
        _ended.Add(1, new KeyValuePair<string, object?>("reason", record.EndReason.ToString()));
        _interruptions.Add(record.Interruptions);
        _droppedUplinkSamples.Add(droppedUplinkSamples);
        _droppedPlayoutSamples.Add(playout.DroppedSamples);
        _lateAudio.Add(playout.LateAudio);
        _rtp.CallEnded(record.Trunk, record.Media);
        foreach (var reconnect in record.Reconnects)
            Add(reconnect);
        if (record.Usage is { } usage)
            Add(usage);
    }

    private static string Tag(DeadAirCause cause) => cause switch
    {
        DeadAirCause.Tool => "tool",
        DeadAirCause.Reconnect => "reconnect",
        DeadAirCause.Network => "network",
        _ => "model",
    };

    private void Add(ReconnectEntry reconnect)
    {
        _reconnects.Add(1, new KeyValuePair<string, object?>("planned", reconnect.IsPlanned), new KeyValuePair<string, object?>("succeeded", reconnect.GapMs is not null));
        if (reconnect.GapMs is { } gapMs)
            _reconnectGapMs.Record(gapMs);
    }

    private void Add(LiveUsageTotals usage)
    {
        AddTokens("prompt", usage.PromptTokens);
        AddTokens("response", usage.ResponseTokens);
        AddTokens("thought", usage.ThoughtTokens);
        AddTokens("tool_use", usage.ToolUseTokens);
        AddTokens("cached", usage.CachedTokens);
        if (usage.CostUsd is { } cost)
            _cost.Add((double)cost);
    }

    private void AddTokens(string kind, long tokens) => _tokens.Add(tokens, new KeyValuePair<string, object?>("kind", kind));
}
