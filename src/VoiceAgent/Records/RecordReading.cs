using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Storage;
using VoiceAgent.Calls;

namespace VoiceAgent.Records;

/// <summary>Reads a stored record, whole or in parts.</summary>
internal static class RecordReading
{
    /// <summary>Condition of a call whose parts are not in its record: it runs, or had no room when it ended. One that others have closed has both, since its process may go on with it.</summary>
    public const string IsInParts = $"(end_reason IS NULL OR end_reason <> '{nameof(EndReason.ServiceKilled)}')";

    /// <summary>The parts of a call that are not in its record, in order.</summary>
    public static async Task<IReadOnlyList<(string List, string Body)>> PartsAsync(DbConnection connection, string key, CancellationToken cancellation) =>
        await connection.Command($"SELECT list, body FROM call_parts WHERE call_key = (SELECT call_key FROM calls WHERE call_key = @key AND {IsInParts}) ORDER BY list, position", ("key", key))
            .ListAsync(row => (row.GetString(0), row.GetString(1)), cancellation);

    /// <summary>The record; as little of it as can be read where somebody has damaged it.</summary>
    public static JsonObject Join(string head, IReadOnlyList<(string List, string Body)> parts)
    {
        try
        {
            return RecordParts.Join(head, parts);
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
