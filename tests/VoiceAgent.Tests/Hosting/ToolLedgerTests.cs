using Microsoft.Extensions.Logging.Abstractions;
using Storage;
using Support;
using Support.Databases;
using Tools.Ledger;
using VoiceAgent.Hosting;

namespace VoiceAgent.Tests.Hosting;

public sealed class ToolLedgerTests
{
    [Theory]
    [InlineData(null, "sqlite")]   // and not the machine's, which a recreated container does not keep
    [InlineData("north", "north")]
    public async Task Name_in_a_file_outlives_the_container(string? configured, string expected)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TestFolder();
        var options = new DatabaseOptions { ConnectionString = $"Data Source={folder.File("ledger.db")}", Instance = configured };
        await using var database = new Database(options, new ManualTimeProvider());
        await using var ledger = new ToolLedger(database, options, new ManualTimeProvider(), NullLogger<DatabaseLedger>.Instance);
        Assert.True(await ledger.IntendAsync(new("k1", "c1", "pay", "{}"), cancellation));
        await using var connection = await database.OpenAsync(cancellation);
        Assert.Equal(expected, await connection.Command("SELECT instance FROM tool_ledger").ScalarAsync<string>(cancellation));
    }
}
