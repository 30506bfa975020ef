using System.Data.Common;
using Storage;

namespace VoiceAgent.Cluster;

/// <summary>Reads all nodes and their calls, for whoever asks one of them.</summary>
/// <remarks>Any thread.</remarks>
/// <param name="database">Where.</param>
/// <param name="self">Name of the node that is asked.</param>
/// <param name="options">Whether there is a cluster, and its limit.</param>
internal sealed class ClusterDirectory(Database database, string self, ClusterOptions options)
{
    /// <summary>Whether there are others at all.</summary>
    public bool IsOn { get; } = options.IsOn(database.Provider);

    /// <summary>Name of the node that is asked.</summary>
    public string Self => self;

    /// <summary>All of them at this moment.</summary>
    /// <exception cref="DbException">The database does not answer.</exception>
    public Task<ClusterView> ReadAsync(CancellationToken cancellation) => ReadAsync(ClusterView.MostCalls, cancellation);

    /// <summary>All nodes at this moment, and the first calls.</summary>
    /// <param name="mostCalls">How many of them.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="DbException">The database does not answer.</exception>
    public async Task<ClusterView> ReadAsync(int mostCalls, CancellationToken cancellation)
    {
        await using var connection = await database.OpenAsync(cancellation);
        var nodes = await connection.Command(
            $"""
            SELECT name, state, sip, http, console, version, calls, max_calls, (SELECT granted FROM cluster_leases lease WHERE lease.process = node.process), GREATEST({ClusterClock.Now} - seen, 0)
            FROM cluster_nodes node ORDER BY name, process
            """)
            .ListAsync(Node, cancellation);
        var calls = await connection.Command(
            """
            SELECT node.name, call.call_id, call.direction, call.caller, call.dialled, call.trunk, call.agent, call.state, call.started_at
            FROM cluster_calls call JOIN cluster_nodes node ON node.process = call.process ORDER BY call.started_at, call.call_id LIMIT @most
            """,
            ("most", mostCalls)).ListAsync(Call, cancellation);
        return new ClusterView(self, options.LiveSessions, nodes, nodes.Sum(node => node.Calls), calls);
    }

    private static ClusterNodeView Node(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetInt32(6), row.GetInt32(7), row.IsDBNull(8) ? null : row.GetInt32(8), row.GetInt64(9));

    private static ClusterCallView Call(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7), row.GetString(8));
}
