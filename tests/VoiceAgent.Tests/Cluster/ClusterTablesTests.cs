using Storage;
using Support.Databases;
using VoiceAgent.Calls;
using VoiceAgent.Cluster;

namespace VoiceAgent.Tests.Cluster;

/// <summary>Nodes, their calls and their leases in a real PostgreSQL. Time is moved by moving what the tables say of it.</summary>
[Trait("Category", "Peer")]
public sealed class ClusterTablesTests(PostgreSqlServer server) : IAsyncLifetime
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private Database _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(PostgreSqlServer.IsInstalled, PostgreSqlServer.Missing);
        _database = new Database(new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = await server.CreateDatabaseAsync() }, TimeProvider.System);
        await new ClusterTables(_database, Never).MigrateAsync(Cancellation);
    }

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Every_node_sees_the_calls_of_all()
    {
        var tables = new ClusterTables(_database, Never);
        await BeatAsync(tables, "a", null, Call("1"), Call("2") with { Caller = "+49\0301" });
        await BeatAsync(tables, "b", null, Call("1"));
        await BeatAsync(tables, "a", [Call("1"), Call("2")], Call("2") with { State = "Ending" }, Call("3"));

        var view = await Directory().ReadAsync(Cancellation);
        Assert.Equal(["a 2 Ending", "a 3 Listening", "b 1 Listening"], view.Calls.Select(call => $"{call.Node} {call.CallId} {call.State}").Order(StringComparer.Ordinal));
        Assert.Equal(["a", "b"], view.Nodes.Select(node => node.Name));
        Assert.All(view.Nodes, node => Assert.Equal("https://node.example/console/", node.ConsoleUrl));
        Assert.Equal(3, view.CallCount);
    }

    [Fact]
    public async Task A_silent_node_is_lost_and_there_again_with_all_its_calls_when_it_speaks()
    {
        var tables = new ClusterTables(_database, Never);
        await BeatAsync(tables, "a", null, Call("1"));
        await BeatAsync(tables, "b", null, Call("2"));
        await ExecuteAsync("UPDATE cluster_clock SET since = 0");
        await ExecuteAsync("UPDATE cluster_nodes SET seen = seen - 100000 WHERE process = 'b'");

        Assert.Equal(["b"], (await BeatAsync(tables, "a", [Call("1")], Call("1"))).Noticed);
        var view = await Directory().ReadAsync(Cancellation);
        Assert.Equal(["a ready", "b lost"], view.Nodes.Select(node => $"{node.Name} {node.State}"));
        Assert.Equal("1", Assert.Single(view.Calls).CallId);

        // Whoever noticed may have gone as well.
        var lost = await BeatAsync(tables, "c", null);
        Assert.Empty(lost.Noticed);
        Assert.True(lost.HaveLeftOpen);
        Assert.True(await tables.CloseLostAsync((_, process, _) => Task.FromResult(process == "b"), Cancellation));
        Assert.False((await BeatAsync(tables, "a", [Call("1")], Call("1"))).HaveLeftOpen);
        await tables.LeaveAsync("c", Cancellation);
        await BeatAsync(tables, "b", [Call("2")], Call("2"));   // it does not know that it was lost
        view = await Directory().ReadAsync(Cancellation);
        Assert.Equal(["a ready", "b ready"], view.Nodes.Select(node => $"{node.Name} {node.State}"));
        Assert.Equal(["1", "2"], view.Calls.Select(call => call.CallId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_node_that_is_being_taken_for_lost_just_as_it_speaks_has_all_its_calls_listed()
    {
        var tables = new ClusterTables(_database, Never);
        await BeatAsync(tables, "b", null, Call("1"), Call("2"));
        Task spoken;
        await using (var connection = await _database.OpenAsync(Cancellation))
        await using (var other = await connection.BeginTransactionAsync(Cancellation))
        {
            await connection.Command("UPDATE cluster_nodes SET lost = 1 WHERE process = 'b'").ExecuteAsync(Cancellation);
            await connection.Command("DELETE FROM cluster_calls WHERE process = 'b'").ExecuteAsync(Cancellation);
            spoken = BeatAsync(tables, "b", [Call("1"), Call("2")], Call("1"), Call("2"), Call("3"));
            await using var watch = await _database.OpenAsync(Cancellation);
            while (!spoken.IsCompleted && !await watch.Command("SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").ScalarAsync<bool>(Cancellation))
                await Task.Delay(10, Cancellation);
            await other.CommitAsync(Cancellation);
        }
        await spoken;
        Assert.Equal(["1", "2", "3"], (await Directory().ReadAsync(Cancellation)).Calls.Select(call => call.CallId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_a_lost_node_left_open_is_closed_by_one_other_at_a_time_and_only_while_it_is_lost()
    {
        var tables = new ClusterTables(_database, Never);
        await BeatAsync(tables, "a", null);
        await BeatAsync(tables, "b", null);
        await ExecuteAsync("UPDATE cluster_nodes SET lost = 1 WHERE process = 'b'");
        List<string> parts = [];
        Assert.True(await tables.CloseLostAsync(
            async (_, process, cancellation) =>
            {
                parts.Add(process);
                Assert.False(await tables.CloseLostAsync((_, _, _) => throw new InvalidOperationException("two at once"), cancellation));
                Assert.Empty((await BeatAsync(tables, "a", [])).Noticed);   // nobody else waits for it
                return false;   // there is more
            },
            Cancellation));
        await BeatAsync(tables, "b", null);
        Assert.False(await tables.CloseLostAsync((_, _, _) => throw new InvalidOperationException("it is back"), Cancellation));
        Assert.Equal(["b"], parts);
    }

    [Fact]
    public async Task Nobody_waits_for_the_clock_while_another_has_it()
    {
        var tables = new ClusterTables(_database, Never);
        await BeatAsync(tables, "a", null);
        await ExecuteAsync("UPDATE cluster_clock SET beat = beat - 10000");
        await using var connection = await _database.OpenAsync(Cancellation);
        await using var other = await connection.BeginTransactionAsync(Cancellation);
        await connection.Command("SELECT beat FROM cluster_clock FOR UPDATE").ExecuteAsync(Cancellation);
        await BeatAsync(tables, "a", []);   // fails by its time where it waits
    }

    [Fact]
    public async Task Nobody_is_lost_while_the_database_was_away_for_all()
    {
        var tables = new ClusterTables(_database, TimeSpan.FromSeconds(10));
        await BeatAsync(tables, "a", null);
        await BeatAsync(tables, "b", null, Call("2"));
        await ExecuteAsync("UPDATE cluster_clock SET since = 0, beat = beat - 100000");
        await ExecuteAsync("UPDATE cluster_nodes SET seen = seen - 100000");
        Assert.Empty((await BeatAsync(tables, "a", [])).Noticed);
        Assert.Single((await Directory().ReadAsync(Cancellation)).Calls);
    }

    [Fact]
    public async Task A_node_that_was_started_again_stands_in_the_place_of_the_lost_one()
    {
        var tables = new ClusterTables(_database, Never);
        await BeatAsync(tables, "a", null);
        await BeatAsync(tables, "b", null);
        await ExecuteAsync("UPDATE cluster_nodes SET lost = 2, state = 'lost' WHERE process = 'b'");
        await tables.BeatAsync(Report("b-again") with { Name = "b" }, CallChanges.Between(null, new Dictionary<string, CallRow>(StringComparer.Ordinal)), Cancellation);
        Assert.Equal(["a ready", "b ready"], (await Directory().ReadAsync(Cancellation)).Nodes.Select(node => $"{node.Name} {node.State}"));
        await tables.LeaveAsync("b-again", Cancellation);
        Assert.Equal(["a"], (await Directory().ReadAsync(Cancellation)).Nodes.Select(node => node.Name));
    }

    [Fact]
    public async Task Nodes_that_renew_all_at_once_never_hold_more_than_the_limit()
    {
        const int Limit = 30;
        var options = new ClusterOptions { LiveSessions = Limit, SpareSessions = 3 };
        var nodes = Enumerable.Range(0, 5).Select(i => Node($"n{i}", options)).ToList();
        await Task.WhenAll(nodes.Select((node, i) => Task.Run(async () =>
        {
            var random = new Random(i);
            for (var round = 0; round < 15; round++)
            {
                await node.Lease.RenewAsync(Cancellation);
                for (var calls = random.Next(12); calls > 0 && node.Calls.TryAdmit(); calls--)
                    Assert.InRange(nodes.Sum(each => each.Calls.Count), 0, Limit);
                for (var calls = random.Next(node.Calls.Count + 1); calls > 0; calls--)
                    node.Calls.Release();
            }
        }, Cancellation)));
        await using var connection = await _database.OpenAsync(Cancellation);
        Assert.InRange(await connection.Command("SELECT sum(granted) FROM cluster_leases").ScalarAsync<long>(Cancellation), 1, Limit);
    }

    [Fact]
    public async Task A_node_that_was_killed_beside_another_leaves_its_sessions_at_once()
    {
        var options = new ClusterOptions { LiveSessions = 20, SpareSessions = 20 };
        var gone = ProcessMark.Own.Split(' ');
        gone[1] += "9";   // the same id, started at another time
        await Node(string.Join(' ', gone) + " 1", options).Lease.RenewAsync(Cancellation);
        var node = Node($"{ProcessMark.Own} 1", options);
        await node.Lease.RenewAsync(Cancellation);
        Assert.Equal(20, node.Allowance.Sessions);
    }

    private (LiveLease Lease, CallTable Calls, LiveAllowance Allowance) Node(string process, ClusterOptions options)
    {
        var allowance = new LiveAllowance(TimeProvider.System);
        var calls = new CallTable(1_000, allowance);
        return (new LiveLease(new LeaseTable(_database, "p", Never, Never), process, options, calls, allowance), calls, allowance);
    }

    private ClusterDirectory Directory() => new(_database, "a", new ClusterOptions());

    private static NodeReport Report(string name) => new(name, name, "udp://127.0.0.1:5060", "http://127.0.0.1:8080", "https://node.example/console/", "ready", 0, 100, "1.0", TimeSpan.FromSeconds(60));

    private static Task<LostNodes> BeatAsync(ClusterTables tables, string node, CallRow[]? told, params CallRow[] now) => tables.BeatAsync(
        Report(node) with { Calls = now.Length }, CallChanges.Between(told?.ToDictionary(row => row.CallId, StringComparer.Ordinal), now.ToDictionary(row => row.CallId, StringComparer.Ordinal)), Cancellation);

    private static CallRow Call(string id) => new(id, "Inbound", "+4930111", "+4930222", "", "reception", "Listening", "2026-01-01T00:00:00.000Z");

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.OpenAsync(Cancellation);
        await connection.Command(sql).ExecuteAsync(Cancellation);
    }
}
