using System.Data.Common;
using Storage;

namespace VoiceAgent.Cluster;

/// <summary>The one clock of a cluster, the database's, and since when it has been heard of without a gap: nobody is lost for not having been heard while nobody could be.</summary>
internal static class ClusterClock
{
    /// <summary>The database's time in milliseconds, in SQL.</summary>
    public const string Now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    private const string Tick = $"UPDATE cluster_clock SET since = CASE WHEN {Now} - beat > @gap OR beat > {Now} THEN {Now} ELSE since END, beat = {Now} WHERE id = 1";

    // One of several nodes is enough.
    private const long FreshMs = 250;

    /// <summary>Notes that the database was heard of, unless somebody just has, or does so now; by itself, so that nobody waits for the rest of a transaction.</summary>
    public static async Task TickAsync(Database database, TimeSpan gap, CancellationToken cancellation)
    {
        await using var connection = await database.OpenAsync(cancellation);
        await connection.Command(
            $"{Tick} AND id IN (SELECT id FROM cluster_clock WHERE {Now} - beat > @fresh OR beat > {Now} FOR UPDATE SKIP LOCKED)",
            ("gap", (long)gap.TotalMilliseconds), ("fresh", FreshMs)).ExecuteAsync(cancellation);
    }

    /// <summary>Notes it in any case, and keeps all others who call this waiting until the transaction's end.</summary>
    public static async Task<(long Now, long Since)> LockAsync(DbConnection connection, TimeSpan gap, CancellationToken cancellation)
    {
        await LimitAsync(connection, cancellation);
        // The lock first, or the time would be that of before the wait.
        await connection.Command("SELECT beat FROM cluster_clock WHERE id = 1 FOR UPDATE").ExecuteAsync(cancellation);
        var rows = await connection.Command($"{Tick} RETURNING beat, since", ("gap", (long)gap.TotalMilliseconds)).ListAsync(row => (row.GetInt64(0), row.GetInt64(1)), cancellation);
        return rows[0];
    }

    /// <summary>Has the server end the transaction when it takes too long: a node that is stopped amidst one must not stop the others.</summary>
    public static Task<int> LimitAsync(DbConnection connection, CancellationToken cancellation) => connection.Command(
        "SELECT set_config('lock_timeout', '2000', true), set_config('statement_timeout', '3000', true), set_config('idle_in_transaction_session_timeout', '3000', true)").ExecuteAsync(cancellation);
}
