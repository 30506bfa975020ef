using System.Text.Encodings.Web;
using System.Text.Json;
using VoiceAgent.Records;

namespace VoiceAgent.Commands;

/// <summary>Writes what <c>voiceagent calls list</c> and <c>export</c> give.</summary>
internal static class CallListing
{
    private static readonly JsonSerializerOptions Written = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A call a line, newest first.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> WriteAsync(CallArchive archive, CallQuery query, bool isJson, TextWriter output, CancellationToken cancellation)
    {
        var calls = await archive.FindAsync(query, cancellation);
        if (isJson)
            await output.WriteLineAsync(JsonSerializer.Serialize(calls, Written));
        else if (calls.Count == 0)
            await output.WriteLineAsync("No calls.");
        else
            foreach (var call in calls)
                await output.WriteLineAsync(Line(call));
        return 0;
    }

    /// <summary>Whole records, one a line.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> ExportAsync(CallArchive archive, CallQuery query, TextWriter output, CancellationToken cancellation)
    {
        await foreach (var call in archive.ReadAsync(query, cancellation))
        {
            var record = RecordReading.Join(call.Json, []);
            record["instance"] = call.Summary.Instance;
            await output.WriteLineAsync(RecordParts.ToJson(record));
        }
        return 0;
    }

    private static string Line(CallSummary call)
    {
        var caller = call.Caller.Length > 0 ? call.Caller : "unknown";
        var end = call.DurationMs is { } ms ? PlainWords.Text($"{PlainWords.Time(ms),11}  {call.EndReason}") : PlainWords.Text($"{"running",11}");
        var mos = call.Mos is { } score ? PlainWords.Text($"  MOS {score:0.0}") : "";
        return PlainWords.Text($"{call.StartedAt:yyyy-MM-dd HH:mm:ss}Z  {call.CallId}  {caller,-16} -> {call.Dialled,-16}  {call.Agent,-12}  {end}{mos}");
    }
}
