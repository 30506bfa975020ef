using Storage;
using Support.Databases;
using Tools.Invocation;
using VoiceAgent.Calls;
using VoiceAgent.Records;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Tests.Records;

/// <summary>What holds for the keeping of calls in both databases (goals A7).</summary>
public abstract class RecordWriterTests(EmptyDatabase empty) : IAsyncLifetime
{
    private DatabaseOptions _options = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(empty.Missing.Length > 0, empty.Missing);
        _options = await empty.OptionsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await empty.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_call_that_is_over_is_kept_whole_and_in_one_row()
    {
        await using var calls = await StartAsync();
        var record = calls.Call();
        calls.Say(record, "Wo ist die Fähre 🚲? \0 %");
        await calls.WrittenAsync(record);
        record.AnsweredAfterMs = 20.5;
        record.Media = new MediaSummary(100, 101, 1, 2.5, null) { Codec = "PCMA", Mos = 4.3 };
        calls.End(record);
        await calls.WrittenAsync(record);

        var stored = await calls.GetAsync(record);
        Assert.Equal(RecordFile.ToJson(record), RecordFile.ToJson(stored.Record!));
        Assert.Equal(("+49301111", "+49302222", 20.5, 5_000, "CallerHungUp", 4.3),
            (stored.Summary.Caller, stored.Summary.Dialled, stored.Summary.AnsweredMs, stored.Summary.DurationMs, stored.Summary.EndReason, stored.Summary.Mos));
        Assert.Equal((1, 0), (await calls.CountAsync("calls"), await calls.CountAsync("call_parts")));
    }

    [Fact]
    public async Task What_people_do_with_a_call_later_is_added_to_its_record()
    {
        await using var calls = await StartAsync();
        var (over, cut, running) = (calls.Call(), calls.Call(), calls.Call());
        calls.End(over);
        calls.End(cut);
        foreach (var record in new[] { over, cut, running })
            await calls.WrittenAsync(record);
        // As of a call that ended when there was no room for all of it.
        await calls.ExecuteAsync($$"""INSERT INTO call_parts (call_key, list, position, words, body) VALUES ('{{RecordCursor.KeyOf(cut)}}', 'timeline', 0, '', '{"atMs":1,"kind":"Line","text":"answered"}')""");
        var notes = new RecordNotes(calls.Database, calls.Time);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(i => notes.AddAsync(RecordCursor.KeyOf(over), $"anna at the console: {i}", Cancellation)));
        Assert.True(await notes.AddAsync(RecordCursor.KeyOf(cut), "anna at the console", Cancellation));
        Assert.False(await notes.AddAsync(RecordCursor.KeyOf(running), "anna at the console", Cancellation));
        Assert.False(await notes.AddAsync("nobody", "anna at the console", Cancellation));
        Assert.Equal(["anna at the console: 0", "anna at the console: 1", "anna at the console: 2", "ended: CallerHungUp"],
            (await calls.GetAsync(over)).Record!.Timeline.Select(entry => entry.Text).Order(StringComparer.Ordinal));
        Assert.Contains((await calls.GetAsync(cut)).Record!.Timeline, entry => entry.Text == "anna at the console");
    }

    [Fact]
    public async Task A_running_call_is_there_as_far_as_it_came()
    {
        await using var calls = await StartAsync();
        var record = calls.Call();
        var tool = new ToolEntry { AtMs = 10, Tool = "book", Arguments = "{}", Key = "k", Outcome = ToolOutcome.Running };
        record.Add(tool);
        calls.Say(record, "Good morning.");
        await calls.WrittenAsync(record);
        record.Replace(0, tool with { Outcome = ToolOutcome.Succeeded });
        record.OpenAgentWords = "One moment";
        calls.Writer.OnWords(record);
        await calls.KeptAsync(record, kept => kept.OpenAgentWords is not null);

        var stored = (await calls.GetAsync(record)).Record!;
        Assert.Equal("Good morning.", Assert.Single(stored.Transcript).Text);
        Assert.Equal((ToolOutcome.Succeeded, "One moment", null), (Assert.Single(stored.Tools).Outcome, stored.OpenAgentWords, stored.EndReason));
    }

    [Fact]
    public async Task Words_that_have_become_a_turn_are_open_no_longer()
    {
        await using var calls = await StartAsync();
        var record = calls.Call();
        record.OpenAgentWords = "One moment";
        calls.Writer.OnWords(record);
        await calls.WrittenAsync(record);
        Assert.Equal("One moment", (await calls.GetAsync(record)).Record!.OpenAgentWords);

        record.OpenAgentWords = null;
        calls.Say(record, "One moment, please.");
        await calls.WrittenAsync(record);

        var stored = (await calls.GetAsync(record)).Record!;
        Assert.Equal(("One moment, please.", null), (Assert.Single(stored.Transcript).Text, stored.OpenAgentWords));
    }

    [Fact]
    public async Task Words_that_are_a_turn_already_are_not_said_twice()
    {
        await using var calls = await StartAsync();
        var record = calls.Call();
        calls.Say(record, "Hello.", speaker: "agent");
        record.AgentLine.Append("One moment", turns: 1);
        calls.Say(record, "Yes?");
        await calls.KeptAsync(record, kept => kept is { OpenAgentWords: "One moment", Transcript.Count: 2 });

        calls.Say(record, "One moment, please.", speaker: "agent");   // the line is closed after it
        await calls.WrittenAsync(record);

        var stored = (await calls.GetAsync(record)).Record!;
        Assert.Equal(("One moment, please.", null), (stored.Transcript[^1].Text, stored.OpenAgentWords));
    }

    [Fact]
    public async Task Words_of_all_calls_are_one_row_whatever_they_are()
    {
        await using var calls = await StartAsync();
        var records = Enumerable.Range(0, 300).Select(_ => calls.Call()).ToList();
        foreach (var record in records)
            record.CallerLine.Append($"I am {record.CallId}", turns: 0);
        records[7].AgentLine.Set("\ud83d \0 \" \\ 🚲 <b>", turns: 0);
        records[8].AgentLine.Set(new string('ä', 2 * OpenLine.MaxCharacters), turns: 0);
        await calls.KeptAsync(records[299], kept => kept.OpenCallerWords is not null);

        Assert.Equal(1, await calls.CountAsync("open_words"));
        Assert.Equal(("I am call0008", "\ufffd \0 \" \\ 🚲 <b>"), Words((await calls.GetAsync(records[7])).Record!));
        Assert.Equal(("I am call0009", new string('ä', OpenLine.MaxCharacters)), Words((await calls.GetAsync(records[8])).Record!));
        Assert.Equal(("I am call0300", null), Words((await calls.GetAsync(records[299])).Record!));
        records[8].AgentLine.Set([], turns: 0);
        await calls.KeptAsync(records[8], kept => kept.OpenAgentWords is null);
        Assert.Equal("I am call0300", (await calls.GetAsync(records[299])).Record!.OpenCallerWords);

        foreach (var record in records)
            calls.End(record);
        await calls.UntilAsync(async () => await calls.CountAsync("open_words") == 0);

        static (string?, string?) Words(CallRecord record) => (record.OpenCallerWords, record.OpenAgentWords);
    }

    [Fact]
    public async Task Damaged_words_cost_no_record_and_go_with_their_process()
    {
        await using (var before = await StartAsync())
        {
            var record = before.Call();
            before.Say(record, "Hello.");
            record.CallerLine.Append("I would", turns: 1);
            await before.KeptAsync(record, kept => kept.OpenCallerWords is not null);
            foreach (var damaged in (string[])["5b", "5b5b5d5d", "7b7d", "5b5b226122 5d5d", "5b5b2278222c22"])
            {
                await before.ExecuteAsync($"UPDATE open_words SET words = {Bytes(damaged.Replace(" ", "", StringComparison.Ordinal))}");
                Assert.Equal("Hello.", Assert.Single((await before.GetAsync(record)).Record!.Transcript).Text);
            }
            await before.ExecuteAsync("UPDATE calls SET process = '1 1 gone'; UPDATE open_words SET process = '1 1 gone'");
        }
        await using var calls = await StartAsync();
        await calls.UntilAsync(async () => await calls.FindAsync(new CallQuery { EndReason = EndReason.ServiceKilled, Text = "hello" }) == "call0001");
        Assert.Equal(0, await calls.CountAsync("open_words"));

        string Bytes(string hex) => _options.Provider == DatabaseProvider.Sqlite ? $"x'{hex}'" : $@"'\x{hex}'";
    }

    [Fact]
    public async Task Calls_that_a_process_left_open_are_closed_by_the_next_start()
    {
        string killed, young;
        await using (var before = await StartAsync())
        {
            var record = before.Call();
            before.Say(record, "I would like to", atMs: 1_000);
            before.Tell(record, new TimelineEntry(1_800.5, TimelineKind.Line, "held"));
            record.OpenCallerWords = "book a";
            before.Writer.OnWords(record);
            var other = before.Call();
            await before.WrittenAsync(other);
            await before.WrittenAsync(record);
            await before.KeptAsync(record, kept => kept.OpenCallerWords is not null);
            await before.ExecuteAsync($"UPDATE calls SET process = '1 1 gone' WHERE call_id = '{record.CallId}'; UPDATE open_words SET process = '1 1 gone'");
            (killed, young) = (record.CallId, other.CallId);
        }

        await using var calls = await StartAsync();
        await calls.UntilAsync(async () => (await calls.Archive.GetAsync(killed, Cancellation))!.Summary.EndReason is not null);
        var closed = (await calls.Archive.GetAsync(killed, Cancellation))!;
        Assert.Equal((EndReason.ServiceKilled, 1_800.5), (closed.Record!.EndReason, closed.Record.DurationMs));
        Assert.Equal(["I would like to", "book a"], closed.Record.Transcript.Select(turn => turn.Text));
        Assert.Null(closed.Record.OpenCallerWords);
        Assert.Equal("ended: ServiceKilled", closed.Record.Timeline[^1].Text);
        Assert.Equal(killed, await calls.FindAsync(new CallQuery { Text = "BOOK A", EndReason = EndReason.ServiceKilled }));
        Assert.Null((await calls.Archive.GetAsync(young, Cancellation))!.Summary.EndReason);   // its process, this one, is alive
        // Told once old calls are looked for too.
        await calls.UntilAsync(() => Task.FromResult(calls.Log.Lines.Any(line => line.StartsWith("Warning: 1 calls were left open", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_call_that_others_have_closed_by_mistake_goes_on_with_all_that_it_had()
    {
        string id;
        await using (var calls = await StartAsync())
        {
            var record = calls.Call();
            id = record.CallId;
            calls.Say(record, "Hello.");
            record.CallerLine.Append("I would", turns: 1);
            await calls.KeptAsync(record, kept => kept is { OpenCallerWords: not null, Transcript.Count: 1 });
            await calls.Database.TransactAsync((connection, cancellation) => calls.Writer.CloseSomeOfAsync(connection, calls.Writer.Process, cancellation), Cancellation);
            var closed = (await calls.GetAsync(record)).Record!;
            Assert.Equal((EndReason.ServiceKilled, "Hello. I would", "Hello., ended: ServiceKilled"), (closed.EndReason, Said(closed), Steps(closed)));
            Assert.True(await new RecordNotes(calls.Database, calls.Time).AddAsync(RecordCursor.KeyOf(record), "noted", Cancellation));
            Assert.Equal("Hello., ended: ServiceKilled, noted", Steps((await calls.GetAsync(record)).Record!));

            calls.Say(record, "I would like to book.", atMs: 2_000);
            record.CallerLine.Set([], turns: 2);
            record.CallerLine.Append("For", turns: 2);
            await calls.KeptAsync(record, kept => kept is { EndReason: null, OpenCallerWords: "For" });
            var open = (await calls.GetAsync(record)).Record!;
            Assert.Equal(("Hello. I would like to book.", "Hello., I would like to book."), (Said(open), Steps(open)));
            await calls.ExecuteAsync("UPDATE calls SET process = '1 1 gone'; UPDATE open_words SET process = '1 1 gone'");
        }
        await using var next = await StartAsync();
        await next.UntilAsync(async () => (await next.Archive.GetAsync(id, Cancellation))!.Summary.EndReason is not null);
        var killed = (await next.Archive.GetAsync(id, Cancellation))!.Record!;
        Assert.Equal((EndReason.ServiceKilled, "Hello. I would like to book. For"), (killed.EndReason, Said(killed)));
        Assert.Equal(0, await next.CountAsync("call_parts"));

        static string Said(CallRecord record) => string.Join(' ', record.Transcript.Select(turn => turn.Text));
        static string Steps(CallRecord record) => string.Join(", ", record.Timeline.Select(step => step.Text));
    }

    [Fact]
    public async Task What_others_have_closed_of_a_process_that_never_comes_back_is_kept_once_in_the_end()
    {
        await using var calls = await StartAsync();
        var record = calls.Call();
        calls.Say(record, "Hello.");
        await calls.WrittenAsync(record);
        await calls.Database.TransactAsync((connection, cancellation) => calls.Writer.CloseSomeOfAsync(connection, calls.Writer.Process, cancellation), Cancellation);
        Assert.Equal(2, await calls.CountAsync("call_parts"));
        calls.Time.Advance(TimeSpan.FromHours(26));
        await calls.UntilAsync(async () => await calls.CountAsync("call_parts") == 0);
        Assert.Equal("Hello.", Assert.Single((await calls.GetAsync(record)).Record!.Transcript).Text);
    }

    [Fact]
    public async Task A_call_is_unfinished_until_its_end_is_kept()
    {
        await using var calls = new StoredCalls(_options);
        var (over, running) = (calls.Call(), calls.Call());
        calls.End(over);
        Assert.Equal([RecordCursor.KeyOf(over), RecordCursor.KeyOf(running)], calls.Writer.Unfinished().Order(StringComparer.Ordinal));
        await calls.StartAsync();
        await calls.WrittenAsync(over);
        Assert.Equal([RecordCursor.KeyOf(running)], calls.Writer.Unfinished());
    }

    [Fact]
    public async Task An_open_call_of_a_service_of_the_same_name_on_another_machine_stays_open_in_a_server_and_a_file_has_no_such_service()
    {
        await using (var other = await StartAsync())
        {
            await other.WrittenAsync(other.Call());
            await other.ExecuteAsync("UPDATE calls SET process = '1 1 boot another-machine pid:[1] 1'");
        }
        await using var calls = await StartAsync();
        if (_options.Provider == DatabaseProvider.Sqlite)
            await calls.UntilAsync(async () => await KilledAsync() == 1);
        calls.Time.Advance(TimeSpan.FromMinutes(1));   // or they would be the same call as the other's
        for (var i = 0; i < 3; i++)
            await calls.WrittenAsync(calls.Call(caller: "+49309999"));   // each after another look for open ones
        Assert.Equal(_options.Provider == DatabaseProvider.Sqlite ? 1 : 0, await KilledAsync());

        async Task<int> KilledAsync() => (await calls.Archive.FindAsync(new CallQuery { EndReason = EndReason.ServiceKilled }, Cancellation)).Count;
    }

    [Fact]
    public async Task Old_calls_go_young_and_running_ones_stay()
    {
        await using var calls = await StartAsync(new RecordOptions { RetentionDays = 2 });
        var running = calls.Call();
        for (var i = 0; i < RecordUpkeep.AtOnce + 10; i++)
            calls.End(calls.Call());
        calls.Time.Advance(TimeSpan.FromDays(1.5));
        var young = calls.Call();
        calls.End(young);
        await calls.WrittenAsync(young);
        calls.Time.Advance(TimeSpan.FromDays(1));
        await calls.UntilAsync(async () => await calls.CountAsync("calls") == 2);

        Assert.Equal($"{young.CallId} {running.CallId}", await calls.FindAsync(new CallQuery()));
    }

    [Fact]
    public async Task Old_calls_that_cannot_be_deleted_keep_no_new_one_from_being_written()
    {
        await using var calls = await StartAsync(new RecordOptions { RetentionDays = 1 });
        var old = calls.Call();
        calls.End(old);
        await calls.WrittenAsync(old);
        await calls.ExecuteAsync("CREATE TABLE keeper (call_key TEXT NOT NULL REFERENCES calls (call_key)); INSERT INTO keeper SELECT call_key FROM calls");
        calls.Time.Advance(TimeSpan.FromDays(2));
        var young = calls.Call();
        calls.End(young);
        await calls.WrittenAsync(young);
        Assert.Equal(2, await calls.CountAsync("calls"));
    }

    [Fact]
    public async Task Calls_are_found_by_everything_that_is_known_of_them()
    {
        await using var calls = await StartAsync();
        var first = calls.Call(caller: "+493011", agent: "sales", trunk: "north");
        calls.Say(first, "50 % off_season, ÄRGER");
        first.Add(new DeadAirEntry(5_000, DeadAirCause.Model, 2_500, DeadAirEnd.Answer));
        calls.End(first);
        calls.Time.Advance(TimeSpan.FromHours(1));
        var second = calls.Call(caller: "+498922", dialled: "+493011");
        calls.Say(second, "Good morning");
        await calls.WrittenAsync(second);
        await calls.WrittenAsync(first);
        var (a, b) = (first.CallId, second.CallId);

        Assert.Equal($"{b} {a}", await calls.FindAsync(new CallQuery { Number = "3011" }));
        Assert.Equal(b, await calls.FindAsync(new CallQuery { Number = "+4989" }));
        Assert.Equal(a, await calls.FindAsync(new CallQuery { Agent = "sales", Trunk = "north", Direction = CallDirection.Inbound, Instance = _options.InstanceName }));
        Assert.Equal(a, await calls.FindAsync(new CallQuery { EndReason = EndReason.CallerHungUp }));
        Assert.Equal(b, await calls.FindAsync(new CallQuery { IsRunning = true, Text = "MORNING" }));
        Assert.Equal(a, await calls.FindAsync(new CallQuery { Text = "50 % off_s" }));
        Assert.Equal(a, await calls.FindAsync(new CallQuery { Text = "ärger" }));
        Assert.Equal("", await calls.FindAsync(new CallQuery { Text = "5_" }));
        Assert.Equal("", await calls.FindAsync(new CallQuery { Agent = "sales' OR '1'='1" }));
        Assert.Equal(a, await calls.FindAsync(new CallQuery { MinDeadAir = TimeSpan.FromSeconds(2.5) }));
        Assert.Equal("", await calls.FindAsync(new CallQuery { MinDeadAir = TimeSpan.FromSeconds(2.6) }));
        Assert.Equal(b, await calls.FindAsync(new CallQuery { From = second.StartedAt }));
        Assert.Equal(a, await calls.FindAsync(new CallQuery { To = second.StartedAt }));
    }

    [Fact]
    public async Task Pages_give_each_call_once_in_either_order()
    {
        await using var calls = await StartAsync();
        List<string> all = [];
        for (var i = 0; i < 230; i++)
        {
            var record = calls.Call();
            calls.End(record);
            all.Add(record.CallId);
            if (i % 50 == 0)
                calls.Time.Advance(TimeSpan.FromMilliseconds(1));
        }
        await calls.UntilAsync(async () => await calls.CountAsync("calls") == 230);

        List<string> read = [];
        await foreach (var call in calls.Archive.ReadAsync(new CallQuery { OldestFirst = true }, Cancellation))
            read.Add(call.Record!.CallId);
        Assert.Equal(all, read);
        List<string> paged = [];
        for (string? after = null; await calls.Archive.FindAsync(new CallQuery { Limit = 60, After = after }, Cancellation) is { Count: > 0 } page; after = page[^1].Key)
            paged.AddRange(page.Select(call => call.CallId));
        Assert.Equal(all.AsEnumerable().Reverse(), paged);
    }

    private async Task<StoredCalls> StartAsync(RecordOptions? records = null)
    {
        var calls = new StoredCalls(_options, records);
        await calls.StartAsync();
        return calls;
    }
}

/// <summary>In an SQLite file.</summary>
public sealed class SqliteRecordWriterTests() : RecordWriterTests(EmptyDatabase.Sqlite());

/// <summary>On a PostgreSQL server.</summary>
[Trait("Category", "Peer")]
public sealed class PostgreSqlRecordWriterTests(PostgreSqlServer server) : RecordWriterTests(EmptyDatabase.PostgreSql(server));
