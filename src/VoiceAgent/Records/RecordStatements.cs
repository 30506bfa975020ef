using System.Data.Common;
using System.Text;
using Storage;

namespace VoiceAgent.Records;

/// <summary>Writes calls and their parts; right also when it has been done already.</summary>
/// <param name="instance">Name of this service among those that share the database.</param>
/// <param name="process">Mark of this process (<see cref="ProcessMark"/>).</param>
internal sealed class RecordStatements(string instance, string process)
{
    // SQLite's driver looks each parameter up among all others by its name.
    private const int RowsAtOnce = 20;
    private const int Columns = 5;

    private const string UpsertCall = """
        INSERT INTO calls (call_key, call_id, instance, process, direction, started_at, caller, dialled, trunk, agent, answered_ms, duration_ms, end_reason, mos, dead_air_ms, words, record)
        VALUES (@key, @id, @instance, @process, @direction, @started, @caller, @dialled, @trunk, @agent, @answered, @duration, @reason, @mos, @silence, @words, @record)
        ON CONFLICT (call_key) DO UPDATE SET answered_ms = excluded.answered_ms, duration_ms = excluded.duration_ms, end_reason = excluded.end_reason,
            mos = excluded.mos, dead_air_ms = excluded.dead_air_ms, words = excluded.words, record = excluded.record
        """;

    // Written every quarter of a second as long as anybody speaks: made once.
    private static readonly string[] Names = [.. Enumerable.Range(0, RowsAtOnce * Columns).Select(i => $"p{i}")];
    private static readonly string[] UpsertParts = [.. Enumerable.Range(1, RowsAtOnce).Select(PartsStatement)];

    /// <summary>Writes all of them, in the connection's transaction.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="calls">What is new of calls.</param>
    /// <param name="words">What is being said; null when that is as it was.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<bool> WriteAsync(DbConnection connection, IReadOnlyList<PendingCall> calls, OpenWordsRow? words, CancellationToken cancellation)
    {
        foreach (var call in calls)
        {
            if (call.Head is { } head)
                await UpsertAsync(connection, call, head, cancellation);
        }
        foreach (var rows in calls.Where(call => !call.IsOver || call.IsCut).SelectMany(Parts).Chunk(RowsAtOnce))
            await WritePartsAsync(connection, rows, cancellation);
        foreach (var call in calls.Where(call => call is { IsOver: true, IsCut: false }))
            await DeletePartsAsync(connection, call.Key, cancellation);
        if (words is not null)
            await WriteWordsAsync(connection, words.Body, cancellation);
        return true;
    }

    /// <summary>Deletes the parts of a call whose record is whole.</summary>
    public static Task<int> DeletePartsAsync(DbConnection connection, string key, CancellationToken cancellation) =>
        connection.Command("DELETE FROM call_parts WHERE call_key = @key", ("key", key)).ExecuteAsync(cancellation);

    private Task<int> WriteWordsAsync(DbConnection connection, byte[]? words, CancellationToken cancellation) =>
        (words is null
            ? connection.Command("DELETE FROM open_words WHERE process = @process", ("process", process))
            : connection.Command("INSERT INTO open_words (process, words) VALUES (@process, @words) ON CONFLICT (process) DO UPDATE SET words = excluded.words", ("process", process), ("words", words)))
        .ExecuteAsync(cancellation);

    private static IEnumerable<(string Key, string List, int Position, object Entry)> Parts(PendingCall call) =>
        call.Entries.Select(entry => (call.Key, RecordParts.Lists[entry.Key.List].Name, entry.Key.Position, entry.Value));

    private Task<int> UpsertAsync(DbConnection connection, PendingCall call, byte[] head, CancellationToken cancellation)
    {
        var record = call.Record;
        var isWhole = call is { IsOver: true, IsCut: false };
        return connection.Command(
            UpsertCall,
            ("key", call.Key), ("id", record.CallId), ("instance", instance), ("process", process), ("direction", $"{record.Direction}"),
            ("started", DatabaseText.From(record.StartedAt)), ("caller", record.CallerNumber ?? ""), ("dialled", record.DialledNumber), ("trunk", record.Trunk ?? ""),
            ("agent", record.Agent), ("answered", call.AnsweredMs), ("duration", call.IsOver ? record.DurationMs : null),
            ("reason", call.IsOver ? $"{record.EndReason}" : null), ("mos", call.IsOver ? record.Media?.Mos : null),
            ("silence", call.IsOver ? record.DeadAir.Select(silence => silence.Ms).DefaultIfEmpty().Max() : null),
            ("words", call.IsOver ? RecordParts.Words(record) : ""),
            ("record", isWhole ? RecordParts.ToJson(record) : Encoding.UTF8.GetString(head))).ExecuteAsync(cancellation);
    }

    private static async Task WritePartsAsync(DbConnection connection, (string Key, string List, int Position, object Entry)[] rows, CancellationToken cancellation)
    {
        var parameters = new (string, object?)[rows.Length * Columns];
        for (var i = 0; i < rows.Length; i++)
        {
            object?[] values = [rows[i].Key, rows[i].List, (long)rows[i].Position, RecordParts.Words(rows[i].Entry), RecordParts.Entry(rows[i].Entry)];
            for (var column = 0; column < Columns; column++)
                parameters[i * Columns + column] = (Names[i * Columns + column], values[column]);
        }
        await connection.Command(UpsertParts[rows.Length - 1], parameters).ExecuteAsync(cancellation);
    }

    private static string PartsStatement(int rows)
    {
        var values = Enumerable.Range(0, rows).Select(row => $"({string.Join(", ", Names.Skip(row * Columns).Take(Columns).Select(name => $"@{name}"))})");
        return "INSERT INTO call_parts (call_key, list, position, words, body) VALUES " + string.Join(", ", values)
            + " ON CONFLICT (call_key, list, position) DO UPDATE SET words = excluded.words, body = excluded.body";
    }
}
