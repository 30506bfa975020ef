using System.Data.Common;
using System.Runtime.CompilerServices;
using Storage;

namespace VoiceAgent.Records;

/// <summary>Reads what is kept of calls: finds them, gives one with all that is known, or all of them one after the other.</summary>
/// <remarks>Any thread, and beside services that write. Throws <see cref="DbException"/> where the database does not answer.</remarks>
internal sealed class CallArchive(Database database)
{
    private const string Columns = "call_key, call_id, instance, direction, started_at, caller, dialled, trunk, agent, answered_ms, duration_ms, end_reason, mos";

    // The call, what is being said in all calls of its process while it runs, and its parts. One statement: a call that ends between two would be without its parts.
    private const string Whole = $"""
        WITH found AS (SELECT MAX(call_key) AS call_key FROM calls WHERE call_id = @id OR call_key = @id)
        SELECT {Columns}, record AS body, NULL AS list, -1 AS position, CASE WHEN end_reason IS NULL THEN (SELECT words FROM open_words WHERE open_words.process = calls.process) END AS said
        FROM calls WHERE call_key = (SELECT call_key FROM found)
        UNION ALL
        SELECT call_key, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, body, list, position, NULL
        FROM call_parts WHERE call_key = (SELECT call_key FROM calls WHERE call_key = (SELECT call_key FROM found) AND {RecordReading.IsInParts})
        ORDER BY list, position
        """;

    private volatile bool _isPrepared;

    /// <summary>Calls that a query is for, newest first unless it says otherwise.</summary>
    public async Task<IReadOnlyList<CallSummary>> FindAsync(CallQuery query, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        var (where, parameters) = CallFilter.Of(query);
        var order = query.OldestFirst ? "ASC" : "DESC";
        return await connection.Command($"SELECT {Columns} FROM calls {where} ORDER BY call_key {order} LIMIT @limit", parameters).ListAsync(Summary, cancellation);
    }

    /// <summary>A call by its id, or the key of a list; of several with the same id the newest. Null when there is none.</summary>
    public async Task<StoredCall?> GetAsync(string id, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        var rows = await connection.Command(Whole, ("id", id)).ListAsync(Part, cancellation);
        if (rows.Find(row => row.List is null) is not { Call: { } call } head)
            return null;
        rows.Remove(head);
        if (rows.Count == 0 && head.Said is null)
            return new StoredCall(call, head.Body);
        var record = RecordReading.Join(head.Body, [.. rows.Select(row => (row.List!, row.Body))]);
        OpenWordsReading.AddTo(record, call.Key, head.Said);
        return new StoredCall(call, RecordParts.ToJson(record));
    }

    /// <summary>All calls that a query is for, whatever its limit.</summary>
    public async IAsyncEnumerable<StoredCall> ReadAsync(CallQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        const int PageLimit = 100;
        while (true)
        {
            var page = await FindAsync(query with { Limit = PageLimit }, cancellation);
            foreach (var summary in page)
            {
                if (await GetAsync(summary.Key, cancellation) is { } call)
                    yield return call;
            }
            if (page.Count < PageLimit)
                yield break;
            query = query with { After = page[^1].Key };
        }
    }

    private async Task<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        if (!_isPrepared)
            await database.MigrateAsync(RecordSchema.Component, RecordSchema.Migrations, cancellation);
        _isPrepared = true;
        return await database.OpenAsync(cancellation);
    }

    private static (CallSummary? Call, string? List, string Body, byte[]? Said) Part(DbDataReader row) =>
        row.TextOrNull(14) is { } list ? (null, list, row.GetString(13), null) : (Summary(row), null, row.GetString(13), row.IsDBNull(16) ? null : row.GetFieldValue<byte[]>(16));

    private static CallSummary Summary(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), DatabaseText.ToMoment(row.GetString(4)), row.GetString(5), row.GetString(6), row.GetString(7),
        row.GetString(8), Number(row, 9), Number(row, 10), row.TextOrNull(11), Number(row, 12));

    private static double? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
}
