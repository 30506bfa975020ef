using System.Data.Common;
using Storage;

namespace VoiceAgent.Cluster;

/// <summary>The nodes and their running calls in PostgreSQL.</summary>
/// <param name="database">Where.</param>
/// <param name="gap">Silence of all nodes after which the database is taken to have been away.</param>
internal sealed class ClusterTables(Database database, TimeSpan gap)
{
    private const string UpsertNode = $"""
        INSERT INTO cluster_nodes (process, name, sip, http, console, state, calls, max_calls, version, seen, timeout_ms, lost)
        VALUES (@process, @name, @sip, @http, @console, @state, @calls, @max, @version, {ClusterClock.Now}, @timeout, 0)
        ON CONFLICT (process) DO UPDATE SET name = excluded.name, sip = excluded.sip, http = excluded.http, console = excluded.console, state = excluded.state, calls = excluded.calls,
            max_calls = excluded.max_calls, version = excluded.version, seen = excluded.seen, timeout_ms = excluded.timeout_ms, lost = 0
        """;

    private const string UpsertCalls = """
        INSERT INTO cluster_calls (process, call_id, direction, caller, dialled, trunk, agent, state, started_at)
        SELECT @process, * FROM unnest(@ids, @directions, @callers, @dialled, @trunks, @agents, @states, @started)
        ON CONFLICT (process, call_id) DO UPDATE SET direction = excluded.direction, caller = excluded.caller, dialled = excluded.dialled, trunk = excluded.trunk,
            agent = excluded.agent, state = excluded.state, started_at = excluded.started_at
        """;

    // One that was seen in the future has a database whose clock was set back; it is heard of again soon, or not at all. One whose row is locked is just being heard of.
    private const string FindLost = $"""
        UPDATE cluster_nodes SET lost = 1, state = 'lost', calls = 0 WHERE process IN (
            SELECT process FROM cluster_nodes, cluster_clock
            WHERE lost = 0 AND process <> @process AND abs({ClusterClock.Now} - GREATEST(seen, since)) > timeout_ms FOR UPDATE OF cluster_nodes SKIP LOCKED)
        RETURNING name
        """;

    // Long lost, or started again.
    private const string ForgetLost = $"""
        DELETE FROM cluster_nodes gone WHERE lost = 2
            AND ({ClusterClock.Now} - seen > 3600000 OR EXISTS (SELECT 1 FROM cluster_nodes other WHERE other.name = gone.name AND other.lost = 0))
        """;

    /// <summary>Which database, for messages.</summary>
    public string Place => database.Place;

    /// <summary>Brings the schema up to date.</summary>
    /// <exception cref="DbException">The database does not take it.</exception>
    public Task MigrateAsync(CancellationToken cancellation) => database.MigrateAsync(ClusterSchema.Component, ClusterSchema.Migrations, cancellation);

    /// <summary>Says that a node is there, and what has changed of its calls; finds those that say nothing any more, whose calls are listed no longer.</summary>
    /// <exception cref="DbException">It failed; whether it is written nobody knows.</exception>
    public async Task<LostNodes> BeatAsync(NodeReport node, CallChanges calls, CancellationToken cancellation)
    {
        await ClusterClock.TickAsync(database, gap, cancellation);
        return await database.TransactAsync((connection, cancellation) => BeatAsync(connection, node, calls, cancellation), cancellation);
    }

    /// <summary>Has a part of what a lost node has left open closed, while the node stays lost and nobody else does so: one that comes back waits for that part, and keeps the rest.</summary>
    /// <param name="close">Closes a part of what this process has left open, in the connection's transaction; true when nothing is left. May run twice.</param>
    /// <param name="cancellation">Ends it; nothing of the part is closed then.</param>
    /// <returns>False when there is no such node.</returns>
    /// <exception cref="DbException">It failed.</exception>
    public Task<bool> CloseLostAsync(Func<DbConnection, string, CancellationToken, Task<bool>> close, CancellationToken cancellation) => database.TransactAsync(async (connection, cancellation) =>
    {
        await ClusterClock.LimitAsync(connection, cancellation);
        var lost = await connection.Command("SELECT process FROM cluster_nodes WHERE lost = 1 LIMIT 1 FOR UPDATE SKIP LOCKED").ListAsync(row => row.GetString(0), cancellation);
        if (lost is not [var process])
            return false;
        if (await close(connection, process, cancellation))
            await connection.Command("UPDATE cluster_nodes SET lost = 2 WHERE process = @process", ("process", process)).ExecuteAsync(cancellation);
        return true;
    }, cancellation);

    /// <summary>Takes a node out that ends in order.</summary>
    /// <exception cref="DbException">It failed; the node is lost then.</exception>
    public Task LeaveAsync(string process, CancellationToken cancellation) => database.TransactAsync(async (connection, cancellation) =>
    {
        await LeaseTable.LeaveAsync(connection, process, cancellation);
        await connection.Command("DELETE FROM cluster_calls WHERE process = @process", ("process", process)).ExecuteAsync(cancellation);
        return await connection.Command("DELETE FROM cluster_nodes WHERE process = @process", ("process", process)).ExecuteAsync(cancellation);
    }, cancellation);

    private static async Task<LostNodes> BeatAsync(DbConnection connection, NodeReport node, CallChanges calls, CancellationToken cancellation)
    {
        await ClusterClock.LimitAsync(connection, cancellation);
        // With the row's lock: another may just be writing that this node is lost, and take its calls off the list.
        var before = await connection.Command("SELECT lost FROM cluster_nodes WHERE process = @process FOR UPDATE", ("process", node.Process)).ListAsync(row => row.GetInt32(0), cancellation);
        await connection.Command(
            UpsertNode, ("process", node.Process), ("name", node.Name), ("sip", node.Sip), ("http", node.Http), ("console", node.ConsoleUrl), ("state", node.State), ("calls", node.Calls), ("max", node.MaxCalls),
            ("version", node.Version), ("timeout", (long)node.Timeout.TotalMilliseconds)).ExecuteAsync(cancellation);
        if (calls.IsWhole || before is not [0])
            await ReplaceAsync(connection, node.Process, calls.All, cancellation);
        else
            await ChangeAsync(connection, node.Process, calls, cancellation);
        var noticed = await connection.Command(FindLost, ("process", node.Process)).ListAsync(row => row.GetString(0), cancellation);
        await connection.Command("DELETE FROM cluster_calls WHERE process IN (SELECT process FROM cluster_nodes WHERE lost = 1)").ExecuteAsync(cancellation);
        await connection.Command(ForgetLost).ExecuteAsync(cancellation);
        return new(noticed, await connection.Command("SELECT EXISTS (SELECT 1 FROM cluster_nodes WHERE lost = 1)").ScalarAsync<bool>(cancellation));
    }

    private static async Task ReplaceAsync(DbConnection connection, string process, IReadOnlyCollection<CallRow> all, CancellationToken cancellation)
    {
        await connection.Command("DELETE FROM cluster_calls WHERE process = @process", ("process", process)).ExecuteAsync(cancellation);
        await UpsertAsync(connection, process, all, cancellation);
    }

    private static async Task ChangeAsync(DbConnection connection, string process, CallChanges calls, CancellationToken cancellation)
    {
        await UpsertAsync(connection, process, calls.Changed, cancellation);
        if (calls.Ended.Count > 0)
            await connection.Command("DELETE FROM cluster_calls WHERE process = @process AND call_id = ANY(@ids)", ("process", process), ("ids", calls.Ended.ToArray())).ExecuteAsync(cancellation);
    }

    private static async Task UpsertAsync(DbConnection connection, string process, IReadOnlyCollection<CallRow> rows, CancellationToken cancellation)
    {
        if (rows.Count > 0)
            await connection.Command(
                UpsertCalls, ("process", process), ("ids", Column(row => row.CallId)), ("directions", Column(row => row.Direction)), ("callers", Column(row => row.Caller)),
                ("dialled", Column(row => row.Dialled)), ("trunks", Column(row => row.Trunk)), ("agents", Column(row => row.Agent)), ("states", Column(row => row.State)),
                ("started", Column(row => row.StartedAt))).ExecuteAsync(cancellation);

        string[] Column(Func<CallRow, string> value) => [.. rows.Select(row => DatabaseCommands.Storable(value(row)))];
    }
}
