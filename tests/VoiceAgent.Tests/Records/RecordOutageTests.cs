using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Storage;
using Support.Databases;
using VoiceAgent.Calls;

namespace VoiceAgent.Tests.Records;

/// <summary>A disk that is full, read-only or slow, and a server that is gone: calls feel nothing, what fits waits, and the operator is told (goals A7).</summary>
public sealed class RecordOutageTests : IDisposable
{
    // A call's loop must not wait for the disk; telling takes microseconds, and this bound is for a machine that does much else.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    private readonly TestFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Full_disk_is_waited_out_and_nothing_is_lost()
    {
        await using var calls = new StoredCalls(Sqlite());
        await calls.StartAsync();
        var record = calls.Call();
        await calls.WrittenAsync(record);
        // No page more than there are: what SQLite says then is what it says of a full disk. The setting is one of the connection, of which the pool has one.
        await calls.ExecuteAsync("PRAGMA max_page_count = 1");
        List<CallRecord> ended = [];
        var words = new string('x', 4_000);
        for (var i = 0; i < 20; i++)
        {
            var other = calls.Call();
            calls.Say(other, words);
            calls.End(other);
            ended.Add(other);
        }
        await calls.UntilAsync(() => Task.FromResult(calls.Writer.Health.Problem is not null));
        Assert.Contains("full", calls.Writer.Health.Problem, StringComparison.Ordinal);
        Assert.InRange(calls.Writer.Health.Waiting, 1, 20);
        await calls.ExecuteAsync("PRAGMA max_page_count = 1000000");

        foreach (var other in ended)
            await calls.WrittenAsync(other);
        Assert.Equal((null, 0, 0), (calls.Writer.Health.Problem, calls.Writer.Health.Waiting, calls.Writer.Health.Lost));
        Assert.Contains(calls.Log.Lines, line => line.StartsWith("Information: Records are written again; 0 calls are lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Read_only_file_costs_records_and_a_line_a_minute()
    {
        await using (var before = new StoredCalls(Sqlite()))
            await before.CountAsync("calls");
        await using var calls = new StoredCalls(new DatabaseOptions { ConnectionString = $"{Sqlite().ConnectionString};Mode=ReadOnly" }, maxBytes: 100_000, reserve: 20_000);
        await calls.StartAsync();
        calls.End(calls.Call());
        await calls.UntilAsync(() => Task.FromResult(calls.Writer.Health.Problem is not null));
        var since = Stopwatch.GetTimestamp();
        for (var i = 1; i < 300; i++)
        {
            var record = calls.Call();
            calls.Say(record, new string('x', 500));
            calls.End(record);
        }
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, AtOnce * 5);
        var health = calls.Writer.Health;
        Assert.True(health.Lost > 0, "The bound was never reached.");
        Assert.Equal(300, health.Waiting + health.Lost);
        var start = calls.Time.GetUtcNow();
        await calls.UntilAsync(() => Task.FromResult(calls.Time.GetUtcNow() - start > TimeSpan.FromSeconds(125)));
        Assert.InRange(calls.Log.Lines.Count(line => line.StartsWith("Warning: Records cannot be written to", StringComparison.Ordinal)), 2, 4);
    }

    [Fact]
    public async Task Ends_are_kept_where_their_parts_find_no_room()
    {
        await using var calls = new StoredCalls(Sqlite(), maxBytes: 20_000);
        var full = calls.Call();
        calls.Say(full, new string('x', 1_000));
        calls.End(full);
        var cut = calls.Call();
        calls.Say(cut, new string('y', 3_000));
        calls.End(cut);
        await calls.StartAsync();
        await calls.WrittenAsync(cut);

        Assert.Equal(full.Transcript, (await calls.GetAsync(full)).Record!.Transcript);
        var stored = (await calls.GetAsync(cut)).Record!;
        Assert.Equal((EndReason.CallerHungUp, 0), (stored.EndReason, stored.Transcript.Count));
    }

    [Fact]
    public async Task What_found_no_room_while_the_call_runs_is_written_when_there_is_room_again()
    {
        await using var calls = new StoredCalls(Sqlite(), maxBytes: 12_000);
        var record = calls.Call();
        calls.Say(record, new string('x', 1_000));
        calls.Say(record, new string('y', 1_500));   // too much
        calls.Say(record, "so is what comes after it");
        await calls.StartAsync();
        await calls.WrittenAsync(record);
        calls.Say(record, "goes on");
        await calls.WrittenAsync(record);

        Assert.Equal(record.Transcript, (await calls.GetAsync(record)).Record!.Transcript);
    }

    [Fact]
    public async Task Slow_disk_holds_no_call_up()
    {
        await using var calls = new StoredCalls(Sqlite());
        await calls.StartAsync();
        var record = calls.Call();
        await calls.WrittenAsync(record);
        // Somebody holds the file: each write waits for as long as the database is ready to.
        await using (var other = new SqliteConnection(Sqlite().ConnectionString + ";Pooling=False"))
        {
            await other.OpenAsync(Cancellation);
            await using var transaction = other.BeginTransaction(deferred: false);
            var since = Stopwatch.GetTimestamp();
            for (var i = 0; i < 500; i++)
            {
                calls.Say(record, $"word {i}");
                calls.Time.Advance(TimeSpan.FromMilliseconds(20));
            }
            Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, AtOnce * 3);
            await transaction.RollbackAsync(Cancellation);
        }
        calls.End(record);
        await calls.WrittenAsync(record);
        Assert.Equal(500, (await calls.GetAsync(record)).Record!.Transcript.Count);
    }

    [Fact, Trait("Category", "Peer")]
    public async Task Server_that_goes_and_comes_back_has_every_call()
    {
        Assert.SkipUnless(PostgreSqlServer.IsInstalled, PostgreSqlServer.Missing);
        await using var own = new PostgreSqlServer();   // no other test's is stopped
        await using var calls = new StoredCalls(new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = await own.CreateDatabaseAsync() });
        await calls.StartAsync();
        var record = calls.Call();
        await calls.WrittenAsync(record);
        await own.StopAsync();
        calls.Say(record, "while it was down");
        calls.End(record);
        await calls.UntilAsync(() => Task.FromResult(calls.Writer.Health.Problem is not null));
        await own.RestartAsync();
        await calls.WrittenAsync(record);
        Assert.Equal("while it was down", Assert.Single((await calls.GetAsync(record)).Record!.Transcript).Text);
    }

    public void Dispose() => _folder.Dispose();

    private DatabaseOptions Sqlite() => new() { ConnectionString = $"Data Source={_folder.File("test.db")}" };
}
