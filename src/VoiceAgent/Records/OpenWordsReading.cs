using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Storage;

namespace VoiceAgent.Records;

/// <summary>Reads what was being said in the calls of a process out of its row (<see cref="OpenWordsRow"/>).</summary>
internal static class OpenWordsReading
{
    /// <summary>The row of a process; null where it has none.</summary>
    public static Task<byte[]?> OfAsync(DbConnection connection, string process, CancellationToken cancellation) =>
        connection.Command("SELECT words FROM open_words WHERE process = @process", ("process", process)).ScalarAsync<byte[]>(cancellation);

    /// <summary>Adds to a call's record what was being said and is no turn of it yet.</summary>
    /// <param name="record">The record with its parts so far.</param>
    /// <param name="key">The call's key.</param>
    /// <param name="row">The row of the call's process; null for none. What somebody has damaged is passed over.</param>
    public static void AddTo(JsonObject record, string key, byte[]? row)
    {
        if (row is null)
            return;
        try
        {
            using var document = JsonDocument.Parse(row);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                return;
            foreach (var line in document.RootElement.EnumerateArray())
                AddTo(record, key, line);
        }
        catch (JsonException)
        {
            // What there is of the record is better than none.
        }
    }

    private static void AddTo(JsonObject record, string key, JsonElement line)
    {
        try
        {
            if (line.ValueKind == JsonValueKind.Array && line.GetArrayLength() == 4 && line[0].ValueEquals(key)
                && line[1].GetString() is RecordParts.OpenCallerWords or RecordParts.OpenAgentWords && line[2].TryGetInt32(out var turns) && line[3].GetString() is { } words
                && line[1].GetString()! is var name && !IsTurn(record, name, turns))
            {
                record[name] = words;
            }
        }
        catch (InvalidOperationException)
        {
            // Of another kind, or no text: the other lines have nothing to do with it.
        }
    }

    // Turns are written with the calls, and the row after the last of them: a process that is killed in between has words there that are a turn already.
    private static bool IsTurn(JsonObject record, string name, int turns) =>
        record[RecordParts.Transcript] is JsonArray transcript
        && transcript.Skip(turns).Any(turn => turn?["speaker"] is JsonValue value && value.TryGetValue(out string? speaker) && speaker == RecordParts.SpeakerOf(name));
}
