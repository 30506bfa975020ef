using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using VoiceAgent.Calls;
using VoiceAgent.Cluster;

namespace VoiceAgent.Observability;

/// <summary>How this node stands among the others: whether it reaches them, and its part of the Live sessions that they share.</summary>
/// <param name="meters">Where the instruments are.</param>
/// <param name="options">How many sessions are shared, and by whom.</param>
/// <param name="health">Whether the others can be told of this node.</param>
/// <param name="calls">The calls of this node.</param>
/// <param name="allowance">What this node holds; null where no sessions are shared, and nothing is told of them.</param>
internal sealed class ClusterMetrics(IMeterFactory meters, IOptions<ClusterOptions> options, ClusterHealth health, CallTable calls, LiveAllowance? allowance = null)
{
    private readonly KeyValuePair<string, object?> _project = new("project", options.Value.LiveProject);

    /// <summary>Creates the instruments.</summary>
    public void Start()
    {
        var meter = meters.Create(VoiceAgentMetrics.MeterName);
        meter.CreateObservableGauge("voiceagent.cluster.alone", () => health.Problem is null ? 0 : 1, description: "1 while this node does not reach the database that it shares with others, else 0.");
        Shared(meter, "voiceagent.cluster.sessions.limit", _ => options.Value.LiveSessions, "Live sessions that all nodes of the project together may have (Cluster:LiveSessions).");
        Shared(meter, "voiceagent.cluster.sessions.held", allowance => allowance.Sessions, "Of them, those that are this node's own now, for calls that run and the next ones; 0 when it could not renew them in time.");
        Shared(meter, "voiceagent.cluster.sessions.used", _ => calls.Count, "Of them, those that calls of this node have.");
    }

    private void Shared(Meter meter, string name, Func<LiveAllowance, int> sessions, string description) => meter.CreateObservableGauge(
        name, () => allowance is null ? [] : (Measurement<int>[])[new(sessions(allowance), _project)], "{session}", description);
}
