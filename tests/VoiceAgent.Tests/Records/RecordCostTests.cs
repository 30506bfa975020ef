using System.Collections.Concurrent;
using System.Data.Common;
using GeminiLive;
using Storage;
using Support.Databases;
using Tools.Invocation;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace VoiceAgent.Tests.Records;

/// <summary>What is allocated to keep a call in which somebody always speaks, a second: not a fifth more than was measured, since garbage stops all calls.</summary>
/// <remarks>Bytes of one thread and no clock: the way of the words and turns from the call's loop to the file is gone on this thread.</remarks>
public sealed class RecordCostTests : IDisposable
{
    private const double MeasuredBytes = 870;
    private const int Calls = 100;
    private const int TurnSeconds = 4;
    private const int Ticks = 4;   // a second

    private readonly TestFolder _folder = new();
    private readonly RecordPrivacy _privacy = new(new Redaction(new RedactionOptions()), new RecordOptions());
    private readonly ConcurrentDictionary<CallRecord, RecordCursor> _cursors = new();
    private readonly List<(CallRecord Record, OpenWords Words)> _calls = [];
    private readonly PendingCalls _pending = new(64 * 1024 * 1024);
    private readonly OpenWordsRow _row = new();
    private readonly RecordStatements _statements = new(DatabaseProvider.Sqlite, "cost", "1 1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Speaking_calls_cost_no_more_than_was_measured()
    {
        await using var database = new Database(new DatabaseOptions { ConnectionString = $"Data Source={_folder.File("cost.db")}" }, TimeProvider.System);
        await database.MigrateAsync(RecordSchema.Component, RecordSchema.Migrations, Cancellation);
        await using var connection = await database.OpenAsync(Cancellation);
        for (var call = 0; call < Calls; call++)
            Begin(call);
        Pass(connection, 2 * TurnSeconds);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Pass(connection, 2 * TurnSeconds);
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(2 * TurnSeconds * Calls);

        Assert.Equal(4 * Calls, await connection.Command("SELECT COUNT(*) FROM call_parts WHERE list = 'transcript'").ScalarAsync<long>(Cancellation));
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes:0} bytes");
        Assert.True(bytes <= 1.2 * MeasuredBytes, $"{bytes:0} bytes a call and second; {MeasuredBytes} when it was last measured");
    }

    public void Dispose() => _folder.Dispose();

    private void Begin(int call)
    {
        var record = new CallRecord { CallId = $"call{call:0000}", SipCallId = "s", From = "sip:olga@example.com", DialledNumber = "1", Agent = "reception", StartedAt = DateTimeOffset.UnixEpoch };
        _cursors[record] = new RecordCursor(record);
        _calls.Add((record, new OpenWords(record, _privacy)));
        Tell(record);
    }

    private void Pass(DbConnection connection, int seconds)
    {
        for (var tick = 0; tick < Ticks * seconds; tick++)
        {
            for (var call = 0; call < Calls; call++)
                Speak(_calls[call].Record, _calls[call].Words, (tick + 2 * call) % (Ticks * TurnSeconds));
            Write(connection);
        }
    }

    // A step of the timeline comes with the call's head, the turn's words soon after it without; so there are ticks with entries and no head.
    private void Speak(CallRecord record, OpenWords words, int ticksOfTurn)
    {
        words.Add(LiveSpeaker.Agent, " and then");
        if (ticksOfTurn == 0)
        {
            record.Add(new TimelineEntry(1_000, TimelineKind.Agent, record.OpenAgentWords!));
            Tell(record);
        }
        else if (ticksOfTurn == 1)
        {
            record.Add(new TranscriptTurn(1_000, "agent", record.OpenAgentWords!, Interrupted: false));
            Tell(record, withHead: false);
            words.Close(LiveSpeaker.Agent);
        }
    }

    private void Tell(CallRecord record, bool withHead = true)
    {
        Assert.True(_pending.TryAdd(_cursors[record].News(withHead)));
        _cursors[record].Taken();
    }

    private void Write(DbConnection connection)
    {
        _row.Read(_cursors);
        var calls = _pending.Take(Calls);
        using var transaction = connection.BeginTransaction();
        var writing = _statements.WriteAsync(connection, calls, _row.IsNew ? _row : null, Cancellation);
        Assert.True(writing.IsCompletedSuccessfully, "SQLite works on the thread that asks it.");
        transaction.Commit();
        _row.Written();
        _pending.Release(calls);
    }
}
