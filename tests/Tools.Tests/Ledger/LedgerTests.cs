using Storage;
using Support;
using Support.Databases;
using Tools.Invocation;
using Tools.Ledger;

namespace Tools.Tests.Ledger;

/// <summary>What holds for the ledger in both databases.</summary>
public abstract class LedgerTests(EmptyDatabase empty) : IAsyncLifetime
{
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    private readonly ManualTimeProvider _time = new();
    private readonly LogLines<DatabaseLedger> _log = new();
    private Database _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(empty.Missing.Length > 0, empty.Missing);
        _database = new Database(await empty.OptionsAsync(), _time);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
        await empty.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Intent_conclusion_and_delivery_are_kept()
    {
        await using var ledger = await StartAsync();
        Assert.True(await ledger.IntendAsync(new("k1", "c1", "book_appointment", """{"day":"2026-03-01"}"""), Cancellation));
        var running = Assert.Single(await ledger.ListAsync(new LedgerQuery(), Cancellation));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await ledger.ConcludeAsync("k1", ToolOutcome.Succeeded, """{"output":"Fähre 🚲"}""", "Noted."));
        _time.Advance(TimeSpan.FromSeconds(1));
        ledger.Delivered("k1");
        Assert.True(await ledger.IntendAsync(new("k2", "c2", "cancel_appointment", "{}"), Cancellation));   // the queue keeps its order

        Assert.Equal((ToolOutcome.Running, null), (running.Outcome, running.ConcludedAt));
        var entries = await ledger.ListAsync(new LedgerQuery(CallId: "c1"), Cancellation);
        var start = new ManualTimeProvider().GetUtcNow();
        Assert.Equal(
            new LedgerEntry
            {
                Key = "k1", CallId = "c1", Tool = "book_appointment", Arguments = """{"day":"2026-03-01"}""", IntendedAt = start, ConcludedAt = start.AddSeconds(2),
                Outcome = ToolOutcome.Succeeded, Result = """{"output":"Fähre 🚲"}""", DeliveredAt = start.AddSeconds(3), Note = "Noted.",
            },
            Assert.Single(entries));
        Assert.Equal(["k2", "k1"], (await ledger.ListAsync(new LedgerQuery(), Cancellation)).Select(entry => entry.Key));
        Assert.Single(await ledger.ListAsync(new LedgerQuery(Limit: 1), Cancellation));
    }

    [Fact]
    public async Task The_same_key_is_intended_once()
    {
        await using var ledger = await StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ledger.IntendAsync(new("k1", "c1", "pay", "{}"), Cancellation).AsTask()));

        Assert.Single(answers, answer => answer);
        Assert.Equal(ToolOutcome.Running, Assert.Single(await ledger.ListAsync(new LedgerQuery(), Cancellation)).Outcome);
    }

    [Fact]
    public async Task Many_callers_share_the_commits_and_each_hears_of_its_own()
    {
        await using var ledger = await StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(async i =>
            await ledger.IntendAsync(new($"k{i}", "c1", "pay", "{}"), Cancellation) && await ledger.ConcludeAsync($"k{i}", ToolOutcome.Succeeded, $"{i}", "")));

        Assert.All(answers, Assert.True);
        var entries = await ledger.ListAsync(new LedgerQuery(Limit: 1000), Cancellation);
        Assert.Equal(500, entries.Count);
        Assert.All(entries, entry => Assert.Equal($"k{entry.Result}", entry.Key));
    }

    [Fact]
    public async Task Nothing_is_concluded_that_was_not_intended()
    {
        await using var ledger = await StartAsync();
        Assert.False(await ledger.ConcludeAsync("nobody", ToolOutcome.Succeeded, "", ""));
        Assert.False(await ledger.SettleAsync("nobody", wasDone: true, "", Cancellation));
    }

    [Fact]
    public async Task What_a_process_leaves_open_is_unknown_until_an_operator_settles_it()
    {
        await using (var first = await StartAsync())
        {
            await first.IntendAsync(new("k1", "c1", "pay", "{}"), Cancellation);
            await first.IntendAsync(new("k2", "c1", "pay", "{}"), Cancellation);
            await first.ConcludeAsync("k2", ToolOutcome.Succeeded, "{}", "");
        }
        await using var second = await StartAsync();

        var unknown = Assert.Single(await second.ListAsync(new LedgerQuery(OnlyUnknown: true), Cancellation));
        Assert.Equal(("k1", ToolOutcome.Unknown, null), (unknown.Key, unknown.Outcome, unknown.ConcludedAt));
        Assert.Equal("The process ended before the result was written.", unknown.Note);
        Assert.Equal(1, second.UnknownEntries);

        Assert.False(await second.SettleAsync("k2", wasDone: false, "No.", Cancellation));
        Assert.True(await second.SettleAsync("k1", wasDone: true, "The bank says yes.", Cancellation));
        Assert.False(await second.SettleAsync("k1", wasDone: false, "Too late.", Cancellation));
        Assert.Equal(0, second.UnknownEntries);
        Assert.Empty(await second.ListAsync(new LedgerQuery(OnlyUnknown: true), Cancellation));
        Assert.Contains(await second.ListAsync(new LedgerQuery(), Cancellation), entry => entry is { Key: "k1", Outcome: ToolOutcome.Succeeded, Note: "The bank says yes." });
    }

    [Fact]
    public async Task Start_leaves_the_runs_of_living_processes_and_of_other_instances_alone()
    {
        await using var ours = await StartAsync("a");
        await ours.IntendAsync(new("ours", "c1", "pay", "{}"), Cancellation);
        await InsertRunAsync("gone", "a", "2147483647 1 none 1");
        await InsertRunAsync("elsewhere", "b", "2147483647 1 none 1");
        await InsertRunAsync("same number", "a", $"{Environment.ProcessId} 1 {(File.Exists(BootId) ? File.ReadAllText(BootId).Trim() : "")} 1");   // process 1 of each container

        await using var sameName = new DatabaseLedger(_database, "a", _time, _log);
        Assert.Equal(2, await sameName.StartAsync(Cancellation));

        Assert.Equal(["gone", "same number"], (await sameName.ListAsync(new LedgerQuery(OnlyUnknown: true), Cancellation)).Select(entry => entry.Key).Order(StringComparer.Ordinal));
        Assert.Contains(_log.Lines, line => line.Contains("Nobody knows how 2 tool runs ended", StringComparison.Ordinal) && line.Contains("pay of call c9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_has_been_open_for_longer_than_two_hours_is_unknown_whoever_began_it()
    {
        await using (await StartAsync("a"))
            await InsertRunAsync("elsewhere", "b", "2147483647 1 none 1");
        _time.Advance(TimeSpan.FromHours(2));
        await using (var early = new DatabaseLedger(_database, "a", _time, _log))
            Assert.Equal(0, await early.StartAsync(Cancellation));
        _time.Advance(TimeSpan.FromSeconds(1));

        await using var ledger = new DatabaseLedger(_database, "a", _time, _log);
        Assert.Equal(1, await ledger.StartAsync(Cancellation));
    }

    [Fact]
    public async Task A_running_service_looks_every_hour_for_what_others_left_open_and_for_what_is_old()
    {
        await using var ledger = new DatabaseLedger(_database, "a", _time, _log, retentionDays: 1);
        await ledger.StartAsync(Cancellation);
        await InsertRunAsync("elsewhere", "b", "2147483647 1 none 1");
        await RunAsync(ledger, "old", ToolOutcome.Succeeded);
        for (var hour = 0; hour < 3; hour++)
            _time.Advance(TimeSpan.FromHours(1));
        await RunAsync(ledger, "young", ToolOutcome.Succeeded);   // the queue keeps its order
        Assert.Equal(["elsewhere"], (await ledger.ListAsync(new LedgerQuery(OnlyUnknown: true), Cancellation)).Select(entry => entry.Key));
        Assert.Equal(1, ledger.UnknownEntries);
        Assert.Single(_log.Lines, line => line.Contains("pay of call c9", StringComparison.Ordinal));

        _time.Advance(TimeSpan.FromHours(22));
        await RunAsync(ledger, "last", ToolOutcome.Succeeded);
        Assert.Equal(["elsewhere", "last", "young"], (await ledger.ListAsync(new LedgerQuery(), Cancellation)).Select(entry => entry.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_conclusion_as_unknown_is_counted()
    {
        await using var ledger = await StartAsync();
        await ledger.IntendAsync(new("k1", "c1", "pay", "{}"), Cancellation);
        await ledger.ConcludeAsync("k1", ToolOutcome.Unknown, "", "Out of time.");
        Assert.Equal(1, ledger.UnknownEntries);
        await ledger.ConcludeAsync("k1", ToolOutcome.Succeeded, "{}", "It came late.");
        Assert.Equal(0, ledger.UnknownEntries);
    }

    [Fact]
    public async Task Old_entries_go_at_the_start_but_unknown_ones_stay()
    {
        await using (var first = await StartAsync())
        {
            await RunAsync(first, "done", ToolOutcome.Succeeded);
            await RunAsync(first, "open", ToolOutcome.Unknown);
            _time.Advance(TimeSpan.FromDays(20));
            await RunAsync(first, "young", ToolOutcome.Failed);
        }
        _time.Advance(TimeSpan.FromDays(11));
        await using var second = new DatabaseLedger(_database, "test", _time, _log, retentionDays: 30);
        await second.StartAsync(Cancellation);

        Assert.Equal(["young", "open"], (await second.ListAsync(new LedgerQuery(), Cancellation)).Select(entry => entry.Key));
    }

    [Fact]
    public async Task Who_stops_waiting_leaves_no_open_entry()
    {
        await using var ledger = await StartAsync();
        using var cancelled = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 50).Select(i => ledger.IntendAsync(new($"k{i}", "c1", "pay", "{}"), cancelled.Token).AsTask()).ToList();
        await cancelled.CancelAsync();
        var answers = await Task.WhenAll(waiting);
        Assert.True(await ledger.IntendAsync(new("last", "c1", "pay", "{}"), Cancellation));

        var entries = (await ledger.ListAsync(new LedgerQuery(), Cancellation)).ToDictionary(entry => entry.Key, entry => entry.Outcome, StringComparer.Ordinal);
        Assert.Contains(false, answers);
        for (var i = 0; i < answers.Length; i++)
            Assert.Equal(answers[i] ? ToolOutcome.Running : ToolOutcome.Cancelled, entries.GetValueOrDefault($"k{i}", ToolOutcome.Cancelled));
    }

    [Fact]
    public async Task Text_that_no_database_holds_spoils_nothing()
    {
        await using var ledger = await StartAsync();
        Assert.True(await ledger.IntendAsync(new("k1", "c\0\ud800", "pay", "\0"), Cancellation));
        Assert.True(await ledger.ConcludeAsync("k1", ToolOutcome.Succeeded, "a\0b", "\udc00"));
        Assert.Equal("ab", Assert.Single(await ledger.ListAsync(new LedgerQuery(), Cancellation)).Result);
    }

    [Fact]
    public async Task While_it_cannot_be_written_intents_are_refused_results_wait_and_the_log_says_so_once()
    {
        await using var ledger = await StartAsync();
        Assert.True(await ledger.IntendAsync(new("before", "c1", "pay", "{}"), Cancellation));
        await ExecuteAsync("ALTER TABLE tool_ledger RENAME TO away");

        Assert.False(await ledger.IntendAsync(new("during1", "c1", "pay", "{}"), Cancellation));
        Assert.False(await ledger.ConcludeAsync("before", ToolOutcome.Succeeded, "42", ""));
        Assert.False(await ledger.IntendAsync(new("during2", "c1", "pay", "{}"), Cancellation));
        await ExecuteAsync("ALTER TABLE away RENAME TO tool_ledger");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await ledger.IntendAsync(new("after", "c1", "pay", "{}"), Cancellation));

        var entries = await ledger.ListAsync(new LedgerQuery(), Cancellation);
        Assert.Equal(["after", "before"], entries.Select(entry => entry.Key).Order(StringComparer.Ordinal));
        Assert.Contains(entries, entry => entry is { Key: "before", Outcome: ToolOutcome.Succeeded, Result: "42" });
        Assert.Single(_log.Lines, line => line.Contains("cannot be written", StringComparison.Ordinal));
        Assert.Single(_log.Lines, line => line.Contains("can be written again", StringComparison.Ordinal));
        Assert.True(ledger.FailedWrites >= 3);
    }

    [Fact]
    public async Task Before_its_start_and_after_its_end_everything_is_refused()
    {
        var ledger = new DatabaseLedger(_database, "test", _time, _log);
        Assert.False(await ledger.IntendAsync(new("k1", "c1", "pay", "{}"), Cancellation));
        await ledger.StartAsync(Cancellation);
        await ledger.DisposeAsync();
        Assert.False(await ledger.IntendAsync(new("k1", "c1", "pay", "{}"), Cancellation));
        Assert.False(await ledger.ConcludeAsync("k1", ToolOutcome.Succeeded, "", ""));
    }

    private async Task<DatabaseLedger> StartAsync(string instance = "test")
    {
        var ledger = new DatabaseLedger(_database, instance, _time, _log);
        await ledger.StartAsync(Cancellation);
        return ledger;
    }

    private static async Task RunAsync(DatabaseLedger ledger, string key, ToolOutcome outcome)
    {
        Assert.True(await ledger.IntendAsync(new(key, "c1", "pay", "{}"), Cancellation));
        Assert.True(await ledger.ConcludeAsync(key, outcome, "", ""));
    }

    private Task InsertRunAsync(string key, string instance, string process) => ExecuteAsync(
        $"""
         INSERT INTO tool_ledger (key, instance, process, call_id, tool, arguments, intended_at, outcome, result, note)
         VALUES ('{key}', '{instance}', '{process}', 'c9', 'pay', '', '{DatabaseText.From(_time.GetUtcNow())}', 'Running', '', '')
         """);

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.OpenAsync(Cancellation);
        await connection.Command(sql).ExecuteAsync(Cancellation);
    }
}

/// <summary>On a file of its own.</summary>
public sealed class SqliteLedgerTests() : LedgerTests(EmptyDatabase.Sqlite());

/// <summary>On a real server.</summary>
[Trait("Category", "Peer")]
public sealed class PostgreSqlLedgerTests(PostgreSqlServer server) : LedgerTests(EmptyDatabase.PostgreSql(server));
