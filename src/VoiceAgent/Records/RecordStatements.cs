using System.Buffers;
using System.Data.Common;
using System.Text;
using System.Text.Json;
using Storage;

namespace VoiceAgent.Records;

/// <summary>Writes calls and their parts; right also when it has been done already.</summary>
/// <remarks>Owned by the writer's loop.</remarks>
/// <param name="provider">Kind of database: each takes JSON apart in its own words.</param>
/// <param name="instance">Name of this service among those that share the database.</param>
/// <param name="process">Mark of this process (<see cref="ProcessMark"/>).</param>
internal sealed class RecordStatements(DatabaseProvider provider, string instance, string process)
{
    private const int MostBytes = 1_000_000;

    private const string UpsertCall = """
        INSERT INTO calls (call_key, call_id, instance, process, direction, started_at, caller, dialled, trunk, agent, answered_ms, duration_ms, end_reason, mos, dead_air_ms, words, record)
        VALUES (@key, @id, @instance, @process, @direction, @started, @caller, @dialled, @trunk, @agent, @answered, @duration, @reason, @mos, @silence, @words, @record)
        ON CONFLICT (call_key) DO UPDATE SET answered_ms = excluded.answered_ms, duration_ms = excluded.duration_ms, end_reason = excluded.end_reason,
            mos = excluded.mos, dead_air_ms = excluded.dead_air_ms, words = excluded.words, record = excluded.record
        """;

    // Written every quarter of a second: of each call its key, when it was answered, its head. What another service has closed by mistake is open again.
    private const string SetHead = "UPDATE calls SET duration_ms = NULL, end_reason = NULL, mos = NULL, dead_air_ms = NULL, words = '', answered_ms = new.answered, record = new.head";
    private const string UpdateHeads = SetHead + """
         FROM (SELECT json_extract(value, '$[0]') AS call_key, json_extract(value, '$[1]') AS answered, json_extract(value, '$[2]') AS head FROM json_each(CAST(@rows AS TEXT))) AS new
        WHERE calls.call_key = new.call_key
        """;
    private const string UpdateHeadsOnServer = SetHead + """
         FROM (SELECT value->>0 AS call_key, (value->>1)::double precision AS answered, value->>2 AS head FROM json_array_elements(convert_from(@rows, 'UTF8')::json)) AS new
        WHERE calls.call_key = new.call_key
        """;

    // Likewise: columns in their order.
    private const string InsertParts = "INSERT INTO call_parts (call_key, list, position, words, body) ";
    private const string ElsePart = " ON CONFLICT (call_key, list, position) DO UPDATE SET words = excluded.words, body = excluded.body";
    private const string UpsertParts = InsertParts + """
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'), json_extract(value, '$[4]')
        FROM json_each(CAST(@rows AS TEXT)) WHERE true
        """ + ElsePart;
    private const string UpsertPartsOnServer = InsertParts + """
        SELECT value->>0, value->>1, (value->>2)::bigint, value->>3, value->>4 FROM json_array_elements(convert_from(@rows, 'UTF8')::json)
        """ + ElsePart;

    private readonly JsonParameter _heads = new();
    private readonly JsonParameter _parts = new();
    private readonly ArrayBufferWriter<byte> _entry = new();
    private readonly (string Head, string Part) _sql = provider == DatabaseProvider.Sqlite ? (UpdateHeads, UpsertParts) : (UpdateHeadsOnServer, UpsertPartsOnServer);

    /// <summary>Writes all of them, in the connection's transaction.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="calls">What is new of calls.</param>
    /// <param name="words">What is being said; null when that is as it was.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<bool> WriteAsync(DbConnection connection, IReadOnlyList<PendingCall> calls, OpenWordsRow? words, CancellationToken cancellation)
    {
        foreach (var call in calls)
        {
            if (call.Head is { } head && (call.IsFirst || call.IsOver))
                await UpsertAsync(connection, call, head, cancellation);
        }
        await WriteRowsAsync(connection, _sql.Head, _heads, calls, AddHead, cancellation);
        await WriteRowsAsync(connection, _sql.Part, _parts, calls, AddParts, cancellation);
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

    // In several statements where one would be too long.
    private static async Task WriteRowsAsync(
        DbConnection connection, string sql, JsonParameter rows, IReadOnlyList<PendingCall> calls, Action<Utf8JsonWriter, PendingCall> add, CancellationToken cancellation)
    {
        for (var next = 0; next < calls.Count;)
        {
            if (Compose(rows, calls, ref next, add))
                await connection.Command(sql, ("rows", rows.Bytes)).ExecuteAsync(cancellation);
        }
    }

    /// <returns>False when there is no row.</returns>
    private static bool Compose(JsonParameter rows, IReadOnlyList<PendingCall> calls, ref int next, Action<Utf8JsonWriter, PendingCall> add)
    {
        using var json = rows.Open();
        json.WriteStartArray();
        var none = json.BytesPending;
        while (next < calls.Count && json.BytesPending + json.BytesCommitted < MostBytes)
            add(json, calls[next++]);
        if (json.BytesPending + json.BytesCommitted == none)
            return false;
        json.WriteEndArray();
        json.Flush();
        rows.Close();
        return true;
    }

    private static void AddHead(Utf8JsonWriter json, PendingCall call)
    {
        if (call.Head is null || call.IsFirst || call.IsOver)
            return;
        json.WriteStartArray();
        json.WriteStringValue(call.Key);
        if (call.AnsweredMs is { } answered)
            json.WriteNumberValue(answered);
        else
            json.WriteNullValue();
        json.WriteStringValue(call.Head);
        json.WriteEndArray();
    }

    private void AddParts(Utf8JsonWriter json, PendingCall call)
    {
        if (call is { IsOver: true, IsCut: false })
            return;
        foreach (var ((list, position), entry) in call.Entries)
        {
            json.WriteStartArray();
            json.WriteStringValue(call.Key);
            json.WriteStringValue(RecordParts.Lists[list].Name);
            json.WriteNumberValue(position);
            json.WriteStringValue(DatabaseCommands.Storable(RecordParts.Words(entry)));
            _entry.ResetWrittenCount();
            RecordParts.WriteEntry(_entry, entry);
            json.WriteStringValue(_entry.WrittenSpan);
            json.WriteEndArray();
        }
    }
}
