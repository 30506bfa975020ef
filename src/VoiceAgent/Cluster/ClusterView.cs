using System.Text.Json.Serialization;

namespace VoiceAgent.Cluster;

/// <summary>All nodes and what runs on them, as <c>GET /cluster</c> shows them.</summary>
/// <param name="Self">Name of the node that was asked; null for none.</param>
/// <param name="LiveSessions">Live sessions that all nodes together may have; 0 for no limit.</param>
/// <param name="Nodes">By name.</param>
/// <param name="CallCount">Calls that are running.</param>
/// <param name="Calls">The first of them, the oldest first.</param>
internal sealed record ClusterView(string? Self, int LiveSessions, IReadOnlyList<ClusterNodeView> Nodes, int CallCount, IReadOnlyList<ClusterCallView> Calls)
{
    /// <summary>Calls that are shown at most.</summary>
    public const int MostCalls = 10_000;
}

/// <summary>A node.</summary>
/// <param name="Name">Its <c>Database:Instance</c>.</param>
/// <param name="State">ready, starting, draining, full, "live down", or lost.</param>
/// <param name="Sip">Where it takes calls.</param>
/// <param name="Http">Where it answers HTTP.</param>
/// <param name="ConsoleUrl">Where browsers reach its console; empty for nowhere.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Calls">Calls that run there.</param>
/// <param name="MaxCalls">Calls that it takes.</param>
/// <param name="Sessions">Live sessions that it holds of those that all share; null where they share none.</param>
/// <param name="SilentMs">Time since it was heard of, in milliseconds.</param>
internal sealed record ClusterNodeView(string Name, string State, string Sip, string Http, string ConsoleUrl, string Version, int Calls, int MaxCalls, int? Sessions, long SilentMs);

/// <summary>A running call.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="CallId">Its id there.</param>
/// <param name="Direction">Inbound or Outbound.</param>
/// <param name="Caller">Number of the caller.</param>
/// <param name="Dialled">Number that was dialled.</param>
/// <param name="Trunk">Name of the trunk; empty for none.</param>
/// <param name="Agent">Name of the agent.</param>
/// <param name="State">State of the call.</param>
/// <param name="StartedAt">When it began, by its node's clock.</param>
internal sealed record ClusterCallView(string Node, string CallId, string Direction, string Caller, string Dialled, string Trunk, string Agent, string State, string StartedAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ClusterView))]
internal sealed partial class ClusterJson : JsonSerializerContext;
