using System.Data.Common;
using Storage;

namespace VoiceAgent.Cluster;

/// <summary>The leases of Live sessions in PostgreSQL; whoever decides holds the clock's row, and so is alone.</summary>
/// <param name="database">Where.</param>
/// <param name="project">Whose quota.</param>
/// <param name="gap">Silence of all nodes after which the database is taken to have been away.</param>
/// <param name="longest">Time after a renewal in which every call ends that it could admit.</param>
internal sealed class LeaseTable(Database database, string project, TimeSpan gap, TimeSpan longest) : ILeaseStore
{
    /// <inheritdoc/>
    public Task<int> RenewAsync(Func<LeaseLook, LeaseRow> decide, CancellationToken cancellation) =>
        database.TransactAsync((connection, cancellation) => RenewAsync(connection, decide, cancellation), cancellation);

    /// <summary>Takes a node's lease out: it needs none any more.</summary>
    public static Task<int> LeaveAsync(DbConnection connection, string process, CancellationToken cancellation) =>
        connection.Command("DELETE FROM cluster_leases WHERE process = @process", ("process", process)).ExecuteAsync(cancellation);

    private async Task<int> RenewAsync(DbConnection connection, Func<LeaseLook, LeaseRow> decide, CancellationToken cancellation)
    {
        var (now, since) = await ClusterClock.LockAsync(connection, gap, cancellation);
        // A clock that was set back must not keep a lease for ever.
        await connection.Command("UPDATE cluster_leases SET renewed = @now WHERE project = @project AND renewed > @now", ("now", now), ("project", project)).ExecuteAsync(cancellation);
        var rows = await connection.Command("SELECT process, wanted, granted, renewed, kept_ms FROM cluster_leases WHERE project = @project", ("project", project))
            .ListAsync(row => new LeaseRow(row.GetString(0), row.GetInt32(1), row.GetInt32(2), row.GetInt64(3), row.GetInt64(4)), cancellation);
        var look = new LeaseLook(now, since, (long)longest.TotalMilliseconds, rows) { IsGone = ProcessMark.IsGoneHere };
        var own = decide(look);
        var lapsed = rows.Where(look.IsLapsed).Select(row => row.Process).ToArray();
        if (lapsed.Length > 0)
            await connection.Command("DELETE FROM cluster_leases WHERE process = ANY(@lapsed)", ("lapsed", lapsed)).ExecuteAsync(cancellation);
        await connection.Command(
            """
            INSERT INTO cluster_leases (process, project, wanted, granted, renewed, kept_ms) VALUES (@process, @project, @wanted, @granted, @renewed, @kept)
            ON CONFLICT (process) DO UPDATE SET project = excluded.project, wanted = excluded.wanted, granted = excluded.granted, renewed = excluded.renewed, kept_ms = excluded.kept_ms
            """,
            ("process", own.Process), ("project", project), ("wanted", own.Wanted), ("granted", own.Granted), ("renewed", own.RenewedMs), ("kept", own.KeptMs)).ExecuteAsync(cancellation);
        return own.Granted;
    }
}
