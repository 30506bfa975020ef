using Storage;
using Support.Databases;
using Tools.Ledger;

namespace Tools.Tests.Ledger;

/// <summary>A process that runs tools with effects is killed with SIGKILL at seeded random moments, again and again (goals A4).</summary>
public sealed class KillTests(PostgreSqlServer server)
{
    private const int FirstSeed = 20260101;
    private const int Lanes = 4;   // processes at once, each with a ledger of its own: a process that starts waits more than it works

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_a_few_times_no_effect_is_doubled_or_lost()
    {
        using var folder = new TestFolder();
        var crash = await CutAsync(Sqlite(folder), folder, kills: 3, minCuts: 3);
        Assert.True(crash.Kills >= 3);
    }

    [Fact, Trait("Category", "Load")]
    public async Task Killed_at_a_hundred_moments_with_a_thousand_runs_no_effect_is_doubled_or_lost()
    {
        var lanes = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(async lane =>
        {
            using var folder = new TestFolder();
            return await CutAsync(Sqlite(folder), folder, kills: 100 / Lanes, minCuts: 1000 / Lanes, seed: FirstSeed + lane);
        }));
        Assert.True(lanes.Sum(crash => crash.Kills) >= 100);
        Assert.True(lanes.Sum(crash => crash.Cuts) >= 1000);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", lanes.Select(crash => crash.Summary)));
    }

    [Fact, Trait("Category", "Peer")]
    public async Task Killed_beside_a_server_no_effect_is_doubled_or_lost()
    {
        Assert.SkipUnless(PostgreSqlServer.IsInstalled, PostgreSqlServer.Missing);
        using var folder = new TestFolder();
        await CutAsync(new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = await server.CreateDatabaseAsync() }, folder, kills: 5, minCuts: 20);
    }

    private static DatabaseOptions Sqlite(TestFolder folder) => new() { ConnectionString = $"Data Source={folder.File("ledger.db")}" };

    // More kills than asked for when they have cut too little.
    private static async Task<CrashedProcess> CutAsync(DatabaseOptions options, TestFolder folder, int kills, int minCuts, int seed = FirstSeed)
    {
        var crash = new CrashedProcess(options, folder.Path, new Random(seed));
        while (crash.Kills < kills || (crash.Cuts < minCuts && crash.Kills < 3 * kills))
            await crash.KillAsync(Cancellation);
        await using var database = new Database(options, TimeProvider.System);
        await using var ledger = new DatabaseLedger(database, "crash", TimeProvider.System, new Support.LogLines<DatabaseLedger>());
        crash.Found(await ledger.StartAsync(Cancellation));
        await new LedgerLaws(database, ledger, await File.ReadAllLinesAsync(folder.File("world"), Cancellation)).CheckAsync(crash.Cuts, Cancellation);
        Assert.True(crash.Cuts >= minCuts, crash.Summary);
        return crash;
    }
}
