using System.Data.Common;
using System.Text.Json.Nodes;
using Storage;
using VoiceAgent.Calls;

namespace VoiceAgent.Records;

/// <summary>Closes calls that a process has left open, and deletes those that are old; at the start and every hour, a bounded number at once.</summary>
/// <remarks>Several services may share the database: one answers for calls of its own instance name whose process is gone, and for any that no call can last as long as.</remarks>
/// <param name="instance">Name of this service among those that share the database.</param>
/// <param name="now">The time.</param>
/// <param name="mayStillWrite">Whether a process may go on with what it has left open (<see cref="Database.MayStillWrite"/>).</param>
internal sealed class RecordUpkeep(string instance, DateTimeOffset now, Func<string, bool> mayStillWrite)
{
    /// <summary>Calls that are closed or deleted in one transaction.</summary>
    public const int AtOnce = 200;

    /// <summary>Calls of a lost process that are closed in one transaction: the process waits for it when it comes back.</summary>
    public const int OfOneAtOnce = 50;

    // Calls:MaxDuration is a day at most.
    private static readonly TimeSpan LongestCall = TimeSpan.FromHours(25);

    /// <summary>Closes some of the calls that were left open.</summary>
    /// <returns>How many; <see cref="AtOnce"/> when there may be more.</returns>
    public async Task<int> CloseAsync(DbConnection connection, CancellationToken cancellation)
    {
        var old = DatabaseText.From(now - LongestCall);
        var open = await connection.Command(
            "SELECT call_key, process, record, started_at FROM calls WHERE end_reason IS NULL AND (instance = @instance OR started_at < @old) ORDER BY call_key",
            ("instance", instance), ("old", old))
            .ListAsync(row => (Key: row.GetString(0), Process: row.GetString(1), Head: row.GetString(2), StartedAt: row.GetString(3)), cancellation);
        var left = open.Where(call => string.CompareOrdinal(call.StartedAt, old) < 0 ? !ProcessMark.IsAlive(call.Process) : !mayStillWrite(call.Process)).Take(AtOnce).ToList();
        foreach (var calls in left.GroupBy(call => call.Process, call => (call.Key, call.Head), StringComparer.Ordinal))
            await CloseAsync(connection, calls.Key, [.. calls], cancellation);
        foreach (var call in left)
            await RecordStatements.DeletePartsAsync(connection, call.Key, cancellation);
        await ForgetWordsAsync(connection, cancellation);
        await ForgetPartsAsync(connection, old, cancellation);
        return left.Count;
    }

    /// <summary>Closes some of the calls that a process has left open of which others believe that it is gone; what it needs to go on with them stays.</summary>
    /// <returns>How many; <see cref="OfOneAtOnce"/> when there may be more.</returns>
    public static async Task<int> CloseSomeOfAsync(DbConnection connection, string process, CancellationToken cancellation)
    {
        var left = await connection.Command(
            "SELECT call_key, record FROM calls WHERE end_reason IS NULL AND process = @process ORDER BY call_key LIMIT @most", ("process", process), ("most", (long)OfOneAtOnce))
            .ListAsync(row => (Key: row.GetString(0), Head: row.GetString(1)), cancellation);
        await CloseAsync(connection, process, left, cancellation);
        return left.Count;
    }

    /// <summary>Deletes some of the calls that began before a moment and are over.</summary>
    /// <returns>How many; <see cref="AtOnce"/> when there may be more.</returns>
    public static async Task<int> ForgetAsync(DbConnection connection, DateTimeOffset before, CancellationToken cancellation)
    {
        var old = await connection.Command(
            "SELECT call_key FROM calls WHERE call_key < @before AND end_reason IS NOT NULL ORDER BY call_key LIMIT @most",
            ("before", DatabaseText.From(before)), ("most", (long)AtOnce)).ListAsync(row => row.GetString(0), cancellation);
        foreach (var key in old)
        {
            await RecordStatements.DeletePartsAsync(connection, key, cancellation);
            await connection.Command("DELETE FROM calls WHERE call_key = @key", ("key", key)).ExecuteAsync(cancellation);
        }
        return old.Count;
    }

    private static async Task CloseAsync(DbConnection connection, string process, IReadOnlyList<(string Key, string Head)> calls, CancellationToken cancellation)
    {
        var words = await OpenWordsReading.OfAsync(connection, process, cancellation);
        foreach (var (key, head) in calls)
        {
            var record = RecordReading.Join(head, await RecordReading.PartsAsync(connection, key, cancellation));
            OpenWordsReading.AddTo(record, key, words);
            await CloseAsync(connection, key, record, cancellation);
        }
    }

    // A process that runs has calls that are open where it has words.
    private static Task<int> ForgetWordsAsync(DbConnection connection, CancellationToken cancellation) =>
        connection.Command("DELETE FROM open_words WHERE process NOT IN (SELECT process FROM calls WHERE end_reason IS NULL)").ExecuteAsync(cancellation);

    // Of calls that others have closed: so old that no process goes on with them.
    private static Task<int> ForgetPartsAsync(DbConnection connection, string old, CancellationToken cancellation) =>
        connection.Command(
            $"DELETE FROM call_parts WHERE call_key < @old AND EXISTS (SELECT 1 FROM calls WHERE calls.call_key = call_parts.call_key AND NOT {RecordReading.IsInParts})", ("old", old)).ExecuteAsync(cancellation);

    private static async Task CloseAsync(DbConnection connection, string key, JsonObject record, CancellationToken cancellation)
    {
        var durationMs = Close(record);
        await connection.Command(
            "UPDATE calls SET end_reason = @reason, duration_ms = @duration, dead_air_ms = @silence, words = @words, record = @record WHERE call_key = @key AND end_reason IS NULL",
            ("reason", $"{EndReason.ServiceKilled}"), ("duration", durationMs), ("silence", LongestSilenceMs(record)), ("words", Words(record)), ("record", RecordParts.ToJson(record)), ("key", key)).ExecuteAsync(cancellation);
    }

    /// <summary>Gives the record, as far as it came, its end.</summary>
    /// <returns>From its begin to the last that is known, in ms.</returns>
    private static double Close(JsonObject record)
    {
        var lastMs = record.Select(property => property.Value).OfType<JsonArray>().SelectMany(list => list).Select(AtMs).DefaultIfEmpty(0).Max();
        CloseWords(record, RecordParts.OpenCallerWords, lastMs);
        CloseWords(record, RecordParts.OpenAgentWords, lastMs);
        record["endReason"] = $"{EndReason.ServiceKilled}";
        record["durationMs"] = lastMs;
        List(record, "timeline").Add(new JsonObject { ["atMs"] = lastMs, ["kind"] = $"{TimelineKind.Line}", ["text"] = $"ended: {EndReason.ServiceKilled}" });
        return lastMs;
    }

    // Nobody knows how much of the agent's words was heard.
    private static void CloseWords(JsonObject record, string property, double atMs)
    {
        if (!record.Remove(property, out var words) || words is null)
            return;
        List(record, RecordParts.Transcript).Add(new JsonObject { ["atMs"] = atMs, ["speaker"] = RecordParts.SpeakerOf(property), ["text"] = words, ["interrupted"] = true });
    }

    private static JsonArray List(JsonObject record, string name)
    {
        if (record[name] is not JsonArray list)
            record[name] = list = [];
        return list;
    }

    private static double AtMs(JsonNode? entry) => entry?["atMs"] is JsonValue value && value.TryGetValue(out double ms) ? ms : 0;

    private static double LongestSilenceMs(JsonObject record) =>
        record["deadAir"] is JsonArray silences ? silences.Select(silence => silence?["ms"] is JsonValue value && value.TryGetValue(out double ms) ? ms : 0).DefaultIfEmpty(0).Max() : 0;

    private static string Words(JsonObject record) =>
        string.Join('\n', List(record, RecordParts.Transcript).Select(turn => turn?["text"] is JsonValue text && text.TryGetValue(out string? words) ? words.ToLowerInvariant() : ""));
}
