using System.Data.Common;
using System.Text.Json.Nodes;
using Storage;
using VoiceAgent.Calls;

namespace VoiceAgent.Records;

/// <summary>Adds to the records of calls that are over what people did with them later.</summary>
/// <remarks>Any thread. Throws <see cref="DbException"/> where the database does not take it.</remarks>
internal sealed class RecordNotes(Database database, TimeProvider time)
{
    private const int MaxTries = 5;

    /// <summary>Adds a step to a call's timeline; false where there is no such call, or it is not over.</summary>
    /// <param name="key">The call's key.</param>
    /// <param name="text">What was done, and by whom.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<bool> AddAsync(string key, string text, CancellationToken cancellation)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (await database.TransactAsync((connection, token) => TryAddAsync(connection, key, text, token), cancellation) is { } isAdded)
                return isAdded;
        }
        return false;
    }

    /// <returns>Null where somebody else has changed the record meanwhile.</returns>
    private async Task<bool?> TryAddAsync(DbConnection connection, string key, string text, CancellationToken cancellation)
    {
        var found = await connection.Command("SELECT record, started_at FROM calls WHERE call_key = @key AND end_reason IS NOT NULL", ("key", key))
            .ListAsync(row => (Json: row.GetString(0), Start: DatabaseText.ToMoment(row.GetString(1))), cancellation);
        if (found is not [var call])
            return false;
        var parts = await RecordReading.PartsAsync(connection, key, cancellation);   // of a call whose record found no room when it ended
        var record = RecordReading.Join(call.Json, []);
        if (parts.Count > 0)
        {
            await connection.Command(
                "INSERT INTO call_parts (call_key, list, position, words, body) SELECT @key, 'timeline', COALESCE(MAX(position), -1) + 1, '', @body FROM call_parts WHERE call_key = @key AND list = 'timeline'",
                ("key", key), ("body", RecordParts.Entry(Entry(call.Start, text)))).ExecuteAsync(cancellation);
            return true;
        }
        if (record["timeline"] is not JsonArray timeline)
            record["timeline"] = timeline = [];
        timeline.Add(JsonNode.Parse(RecordParts.Entry(Entry(call.Start, text))));
        var changed = await connection.Command(
            "UPDATE calls SET record = @record WHERE call_key = @key AND record = @former", ("record", RecordParts.ToJson(record)), ("key", key), ("former", call.Json)).ExecuteAsync(cancellation);
        return changed == 1 ? true : null;
    }

    private TimelineEntry Entry(DateTimeOffset start, string text) => new(Math.Round((time.GetUtcNow() - start).TotalMilliseconds, 1), TimelineKind.Line, text);
}
