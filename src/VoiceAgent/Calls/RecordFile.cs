using System.Text.Json;
using System.Text.Json.Serialization;

namespace VoiceAgent.Calls;

/// <summary>A call's record as JSON: what <c>Calls:RecordFolder</c> and the demo write.</summary>
internal static class RecordFile
{
    /// <summary>The record as indented JSON.</summary>
    public static string ToJson(CallRecord record) => JsonSerializer.Serialize(record, RecordJson.Default.CallRecord);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CallRecord))]
internal sealed partial class RecordJson : JsonSerializerContext;

/// <summary>Writes one file per ended call into a folder.</summary>
internal sealed class RecordFolder(string folder, ILogger<RecordFolder> logger) : ICallObserver
{
    /// <inheritdoc/>
    public void OnTimeline(CallRecord record, TimelineEntry entry)
    {
    }

    /// <summary>A full or missing disk costs the record and a warning, never a call.</summary>
    public void OnEnded(CallRecord record)
    {
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, $"{record.StartedAt:yyyyMMdd-HHmmss}-{record.CallId}.json"), RecordFile.ToJson(record));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            logger.RecordNotWritten(record.CallId, folder, problem.Message);
        }
    }
}
