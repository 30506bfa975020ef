using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tools.Ledger;

namespace VoiceAgent.Commands;

/// <summary>Writes what <c>voiceagent tools ledger</c> lists: an entry a line, newest first.</summary>
internal static class ToolLedgerListing
{
    private static readonly JsonSerializerOptions Written = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <returns>The exit code.</returns>
    public static async Task<int> WriteAsync(IToolLedger ledger, LedgerQuery query, bool isJson, TextWriter output, CancellationToken cancellation)
    {
        var entries = await ledger.ListAsync(query, cancellation);
        if (isJson)
            await output.WriteLineAsync(JsonSerializer.Serialize(entries, Written));
        else if (entries.Count == 0)
            await output.WriteLineAsync("No entries.");
        else
            foreach (var entry in entries)
                await output.WriteLineAsync(Line(entry));
        return 0;
    }

    private static string Line(LedgerEntry entry) =>
        $"{entry.Key}  {entry.IntendedAt:yyyy-MM-dd HH:mm:ss}Z  call {entry.CallId}  {entry.Tool} {entry.Arguments}  {entry.Outcome}"
        + (entry.Result.Length > 0 ? $" {entry.Result}" : "")
        + (entry.DeliveredAt is null ? "" : ", told to the model")
        + (entry.Note.Length > 0 ? $"  ({entry.Note})" : "");
}
