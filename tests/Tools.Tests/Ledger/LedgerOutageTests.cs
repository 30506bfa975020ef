using Storage;
using Support;
using Support.Databases;
using Tools.Invocation;
using Tools.Ledger;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace Tools.Tests.Ledger;

/// <summary>A server that dies and comes back.</summary>
[Trait("Category", "Peer")]
public sealed class LedgerOutageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_that_goes_refuses_intents_and_one_that_comes_back_gets_the_results()
    {
        Assert.SkipUnless(PostgreSqlServer.IsInstalled, PostgreSqlServer.Missing);
        await using var server = new PostgreSqlServer();
        var log = new LogLines<DatabaseLedger>();
        await using var database = new Database(
            new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = await server.CreateDatabaseAsync() }, TimeProvider.System);
        await using var ledger = new DatabaseLedger(database, "test", TimeProvider.System, log);
        await ledger.StartAsync(Cancellation);
        Assert.True(await ledger.IntendAsync(new("k1", "c1", "pay", "{}"), Cancellation));

        await server.StopAsync();
        Assert.False(await ledger.IntendAsync(new("k2", "c1", "pay", "{}"), Cancellation));
        Assert.False(await ledger.ConcludeAsync("k1", ToolOutcome.Succeeded, "42", ""));
        await server.RestartAsync();
        Assert.True(await ledger.IntendAsync(new("k3", "c1", "pay", "{}"), Cancellation));

        Assert.Contains(await ledger.ListAsync(new LedgerQuery(), Cancellation), entry => entry is { Key: "k1", Outcome: ToolOutcome.Succeeded, Result: "42" });
        Assert.Single(log.Lines, line => line.Contains("cannot be written", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_that_was_restarted_meanwhile_costs_no_intent()
    {
        Assert.SkipUnless(PostgreSqlServer.IsInstalled, PostgreSqlServer.Missing);
        await using var server = new PostgreSqlServer();
        await using var database = new Database(
            new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = await server.CreateDatabaseAsync() }, TimeProvider.System);
        await using var ledger = new DatabaseLedger(database, "test", TimeProvider.System, new LogLines<DatabaseLedger>());
        await ledger.StartAsync(Cancellation);

        await server.StopAsync();
        await server.RestartAsync();

        Assert.True(await ledger.IntendAsync(new("k1", "c1", "pay", "{}"), Cancellation));
    }
}
