using System.Globalization;
using GeminiLive;
using Telephony;
using Telephony.Trunks;
using VoiceAgent.Calls;
using VoiceAgent.Cluster;
using VoiceAgent.Hosting.Configuration;
using VoiceAgent.Recordings;
using VoiceAgent.Records;

namespace VoiceAgent.Hosting;

/// <summary>Whether a new call would be served, and each part that is ill: what <c>/health/ready</c> and <c>/status</c> say.</summary>
/// <remarks>Any thread. A trunk that is down does not make the service unready: another instance would not do better, and callers of the other trunks are to be served.</remarks>
internal sealed class Readiness(VoiceAgentService service, CallTable calls, LiveClientFactory live, TelephonyService telephony, RecordWriter records, Recorder recorder, ClusterHealth cluster, Reload? reload = null, KeylessLive? keyless = null)
{
    private const string Ready = "ready";

    /// <summary>Whether a new call would be served.</summary>
    public bool IsReady => State == Ready;

    /// <summary>ready, starting, draining, full, or "live down".</summary>
    public string State =>
        !service.IsListening ? "starting"
        : calls.IsDraining ? "draining"
        : !calls.HasRoom ? "full"
        : live.IsDown ? "live down"
        : Ready;

    /// <summary>A line for each part that is ill, whether that stands in a call's way or not.</summary>
    public IEnumerable<string> Complaints =>
    [
        .. live.TargetsDown.Select(target => $"live {target} does not serve"),
        .. telephony.Trunks.Where(trunk => trunk.State is TrunkState.Down or TrunkState.Refused)
            .Select(trunk => $"trunk {trunk.Name} {trunk.State.ToString().ToLowerInvariant()} since {trunk.Since:O}: {trunk.LastAnswer}"),
        .. OfRecords(records.Health),
        .. OfRecordings(recorder.Health),
        .. OfCluster(cluster.Problem),
        .. keyless?.State is { } signedOut ? [signedOut] : Array.Empty<string>(),
        .. reload?.Problem is { } refused ? [refused] : Array.Empty<string>(),
    ];

    private static IEnumerable<string> OfCluster(ClusterHealth.Outage? outage) =>
        outage is null ? [] : [$"cluster not reached since {outage.Since:O}: {outage.Reason}"];

    // Calls go on all the same.
    private static IEnumerable<string> OfRecords(RecordHealth health) =>
        health.Problem is { } problem ? [$"records not written since {health.Since:O}: {problem} ({health.Waiting} calls wait, {health.Lost} lost)"] : [];

    private static IEnumerable<string> OfRecordings(RecordingHealth health) =>
        health.Problem is { } problem ? [string.Create(CultureInfo.InvariantCulture, $"recordings not written since {health.Since:O}: {problem} ({health.Running} calls, {health.LostSeconds:F0} s lost)")] : [];
}
