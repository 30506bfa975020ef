using Storage;
using Support;
using Support.Databases;
using VoiceAgent.Calls;
using VoiceAgent.Records;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace VoiceAgent.Tests.Records;

/// <summary>A writer on virtual time and an archive over a database of one test, and calls that never rang.</summary>
internal sealed class StoredCalls : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Database _database;
    private int _calls;

    public StoredCalls(DatabaseOptions options, RecordOptions? records = null, long maxBytes = 64 * 1024 * 1024, long reserve = 100_000)
    {
        _database = new Database(options, Time);
        Archive = new CallArchive(_database);
        Writer = new RecordWriter(_database, options.InstanceName, records ?? new RecordOptions(), Time, Log, maxBytes, reserve);
    }

    public ManualTimeProvider Time { get; } = new();

    public LogLines<RecordWriter> Log { get; } = new();

    public Database Database => _database;

    public RecordWriter Writer { get; }

    public CallArchive Archive { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A call that begins now.</summary>
    public CallRecord Call(string caller = "+49301111", string dialled = "+49302222", string agent = "reception", string? trunk = null)
    {
        var record = new CallRecord
        {
            CallId = $"call{++_calls:0000}", SipCallId = "s", From = $"sip:{caller}@example.com", CallerNumber = caller, DialledNumber = dialled, Agent = agent, Trunk = trunk,
            StartedAt = Time.GetUtcNow(),
        };
        Writer.OnStarted(record);
        return record;
    }

    public void Say(CallRecord record, string words, double atMs = 1_000, string speaker = "caller")
    {
        record.Add(new TranscriptTurn(atMs, speaker, words, Interrupted: false));
        Tell(record, new TimelineEntry(atMs, speaker == "caller" ? TimelineKind.Caller : TimelineKind.Agent, words));
    }

    public void Tell(CallRecord record, TimelineEntry entry)
    {
        record.Add(entry);
        Writer.OnTimeline(record, entry);
    }

    public void End(CallRecord record, EndReason reason = EndReason.CallerHungUp, double durationMs = 5_000)
    {
        (record.EndReason, record.DurationMs) = (reason, durationMs);
        record.Add(new TimelineEntry(durationMs, TimelineKind.Line, $"ended: {reason}"));
        Writer.OnEnded(record);
    }

    public Task StartAsync() => Writer.StartAsync(Cancellation);

    /// <summary>Lets virtual time pass until something is so.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await isSo())
        {
            Assert.False(limit.IsCancellationRequested, string.Join('\n', Log.Lines));
            Time.Advance(RecordWriter.Period);
            await Task.Delay(2, Cancellation);
        }
    }

    /// <summary>Until a call is kept as it should be.</summary>
    public Task KeptAsync(CallRecord record, Func<CallRecord, bool> isSo) =>
        UntilAsync(async () => await Archive.GetAsync(record.CallId, Cancellation) is { Record: { } kept } && isSo(kept));

    /// <summary>Until all that waits is written; what is being said waits nowhere, see <see cref="KeptAsync"/>.</summary>
    public Task WrittenAsync(CallRecord record) => UntilAsync(async () =>
        Writer.Health is { Waiting: 0, Problem: null } && await Archive.GetAsync(record.CallId, Cancellation) is { } call && call.Summary.EndReason == record.EndReason?.ToString());

    public async Task<StoredCall> GetAsync(CallRecord record) =>
        await Archive.GetAsync(record.CallId, Cancellation) ?? throw new InvalidOperationException($"{record.CallId} is not there.");

    public async Task<string> FindAsync(CallQuery query) => string.Join(' ', (await Archive.FindAsync(query, Cancellation)).Select(call => call.CallId));

    public async Task<long> CountAsync(string table)
    {
        await Archive.FindAsync(new CallQuery(), Cancellation);   // which makes the tables
        await using var connection = await _database.OpenAsync(Cancellation);
        return await connection.Command($"SELECT COUNT(*) FROM {table}").ScalarAsync<long>(Cancellation);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.OpenAsync(Cancellation);
        await connection.Command(sql).ExecuteAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        var end = Writer.DisposeAsync().AsTask();
        while (!end.IsCompleted)
        {
            Time.Advance(RecordWriter.Period);
            await Task.Delay(2, CancellationToken.None);
        }
        await _database.DisposeAsync();
    }
}
