using Storage;
using Support;
using Support.Databases;
using VoiceAgent.Calls;
using VoiceAgent.Cluster;
using VoiceAgent.Records;

namespace VoiceAgent.Tests.Cluster;

/// <summary>A node's loop over a real PostgreSQL.</summary>
[Trait("Category", "Peer")]
public sealed class ClusterNodeTests(PostgreSqlServer server) : IAsyncLifetime
{
    // The transaction that waits for a row of another.
    private const string Waiting = "SELECT max(pid || ' ' || xact_start) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly ClusterOptions Options = new() { Heartbeat = TimeSpan.FromMilliseconds(100), NodeTimeout = TimeSpan.FromMinutes(1) };

    private Database _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(PostgreSqlServer.IsInstalled, PostgreSqlServer.Missing);
        _database = new Database(new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = await server.CreateDatabaseAsync() }, TimeProvider.System);
        await new ClusterTables(_database, Limit).MigrateAsync(Cancellation);
        await _database.MigrateAsync(RecordSchema.Component, RecordSchema.Migrations, Cancellation);
    }

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task It_goes_on_being_heard_of_while_it_closes_the_records_of_a_lost_node()
    {
        // Seen just now: one that is long lost is forgotten at the heartbeat after its records are closed.
        await ExecuteAsync($"INSERT INTO cluster_nodes (process, name, sip, http, state, calls, max_calls, version, seen, timeout_ms, lost) VALUES ('gone', 'gone', '', '', 'lost', 0, 1, '', {ClusterClock.Now}, 1000, 1)");
        await ExecuteAsync("""
            INSERT INTO calls (call_key, call_id, instance, process, direction, started_at, caller, dialled, trunk, agent, words, record)
            SELECT 'key' || i, 'call' || i, 'gone', 'gone', 'Inbound', '2026-01-01T00:00:00.000Z', '', '', '', '', '', '{}' FROM generate_series(1, 120) i
            """);
        await using var records = new RecordWriter(_database, "own", new RecordOptions(), TimeProvider.System, new LogLines<RecordWriter>());
        await using var node = Node(records);
        await using (var connection = await _database.OpenAsync(Cancellation))
        await using (var slow = await connection.BeginTransactionAsync(Cancellation))
        {
            await connection.Command("SELECT 1 FROM calls FOR UPDATE").ExecuteAsync(Cancellation);
            await node.StartAsync(Cancellation);
            using var limit = new CancellationTokenSource(Limit);
            for (var beats = 0; beats < 2;)
            {
                Assert.False(limit.IsCancellationRequested, "not heard of meanwhile");
                var closing = await AskAsync<string>(Waiting);
                await ExecuteAsync("UPDATE cluster_nodes SET seen = 0 WHERE lost = 0");
                await UntilAsync("it is heard of", "SELECT count(*) = 1 FROM cluster_nodes WHERE lost = 0 AND seen > 0");
                beats += closing is not null && closing == await AskAsync<string>(Waiting) ? 1 : 0;   // the server ends what waits for 2 s, and it is begun again
            }
        }
        await UntilAsync("all are closed", "SELECT count(*) = 120 FROM calls WHERE end_reason = 'ServiceKilled'");
        await UntilAsync("that is noted", "SELECT count(*) = 0 FROM cluster_nodes WHERE process = 'gone' AND lost <> 2");   // the next heartbeat takes out what was lost so long ago
    }

    private ClusterNode Node(RecordWriter records)
    {
        var report = new NodeReport(records.Process, "own", "", "", "", "ready", 0, 1, "", Options.NodeTimeout);
        return new(new ClusterTables(_database, Limit), null, () => report, Options, new CallTable(1), records, new ClusterHealth(), TimeProvider.System, new LogLines<ClusterNode>());
    }

    private async Task UntilAsync(string what, string isSo)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await AskAsync<bool>(isSo))
        {
            Assert.False(limit.IsCancellationRequested, $"not so: {what}");
            await Task.Delay(10, Cancellation);
        }
    }

    private async Task<T?> AskAsync<T>(string sql)
    {
        await using var connection = await _database.OpenAsync(Cancellation);
        return await connection.Command(sql).ScalarAsync<T>(Cancellation);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.OpenAsync(Cancellation);
        await connection.Command(sql).ExecuteAsync(Cancellation);
    }
}
