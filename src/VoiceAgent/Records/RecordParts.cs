using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using VoiceAgent.Calls;

namespace VoiceAgent.Records;

/// <summary>A record in parts: its lists, entry by entry, what is just being said, and the rest, its head; all of it the JSON of <see cref="RecordFile"/>.</summary>
internal static class RecordParts
{
    /// <summary>Name of the list of <see cref="CallRecord.Transcript"/>, whose words can be searched.</summary>
    public const string Transcript = "transcript";

    /// <summary>Place of <see cref="CallRecord.Tools"/> among the lists.</summary>
    public const int ToolList = 0;

    /// <summary>The lists that grow while a call runs, by their names in the JSON.</summary>
    public static IReadOnlyList<(string Name, Func<CallRecord, IReadOnlyList<object>> Of)> Lists { get; } =
    [
        ("tools", record => record.Tools),
        ("timeline", record => record.Timeline),
        (Transcript, record => record.Transcript),
        ("states", record => record.States),
        ("responses", record => record.Responses),
        ("deadAir", record => record.DeadAir),
        ("silences", record => record.Silences),
        ("reconnects", record => record.Reconnects),
        ("notes", record => record.Notes),
        ("consultations", record => record.Consultations),
        ("answerHints", record => record.AnswerHints),
        ("sources", record => record.Sources),
    ];

    /// <summary>Name of <see cref="CallRecord.OpenCallerWords"/> in the JSON.</summary>
    public const string OpenCallerWords = "openCallerWords";

    /// <summary>Name of <see cref="CallRecord.OpenAgentWords"/> in the JSON.</summary>
    public const string OpenAgentWords = "openAgentWords";

    private static readonly JsonSerializerOptions Compact = new(RecordJson.Default.Options) { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = Compact.Encoder, SkipValidation = true };
    private static readonly JsonTypeInfo<CallRecord> Whole = Type(Compact);
    private static readonly JsonTypeInfo<CallRecord> HeadOnly = Type(new JsonSerializerOptions(Compact) { TypeInfoResolver = RecordJson.Default.WithAddedModifier(WithoutParts) });

    /// <summary>The whole record, on one line; of a call that is over.</summary>
    public static string ToJson(CallRecord record) => JsonSerializer.Serialize(record, Whole);

    /// <summary>Whose open words a name in the JSON tells of, as <see cref="TranscriptTurn.Speaker"/> has it.</summary>
    public static string SpeakerOf(string openWords) => openWords == OpenAgentWords ? "agent" : "caller";

    /// <summary>What is no part, as UTF-8; on the call's loop.</summary>
    public static byte[] Head(CallRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, HeadOnly);

    /// <summary>One entry of a list.</summary>
    public static string Entry(object entry) => JsonSerializer.Serialize(entry, Compact.GetTypeInfo(entry.GetType()));

    /// <summary>Likewise, as UTF-8.</summary>
    public static void WriteEntry(IBufferWriter<byte> to, object entry)
    {
        using var json = new Utf8JsonWriter(to, Relaxed);
        JsonSerializer.Serialize(json, entry, Compact.GetTypeInfo(entry.GetType()));
    }

    /// <summary>The words of an entry that can be searched for: small letters; empty for what nobody said.</summary>
    public static string Words(object entry) => entry is TranscriptTurn turn ? turn.Text.ToLowerInvariant() : "";

    /// <summary>The words of a whole call, likewise.</summary>
    public static string Words(CallRecord record) => string.Join('\n', record.Transcript.Select(Words));

    /// <summary>Puts a record together.</summary>
    /// <param name="head">What is no list.</param>
    /// <param name="entries">Entries, in the order of each list.</param>
    /// <exception cref="JsonException">They are no JSON: somebody else has written them.</exception>
    public static JsonObject Join(string head, IEnumerable<(string List, string Body)> entries)
    {
        var record = Object(head);
        foreach (var (list, body) in entries)
        {
            if (list is OpenCallerWords or OpenAgentWords)
                SetWords(record, list, body);
            else if (record[list] is JsonArray array)
                array.Add(JsonNode.Parse(body));
            else
                record[list] = new JsonArray(JsonNode.Parse(body));
        }
        return record;
    }

    // As versions before OpenWordsRow have written them; empty ones are a turn by now.
    private static void SetWords(JsonObject record, string name, string body)
    {
        if (JsonNode.Parse(body) is JsonValue value && value.TryGetValue(out string? words) && words.Length > 0)
            record[name] = words;
        else
            record.Remove(name);
    }

    /// <summary>As text, on one line.</summary>
    public static string ToJson(JsonObject record) => record.ToJsonString(Compact);

    /// <summary>The record that a JSON tells of; null where another version of this program has written what this one does not know.</summary>
    public static CallRecord? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Whole);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>About how much memory an entry takes, in bytes.</summary>
    public static int SizeOf(object entry) => 200 + 2 * entry switch
    {
        TimelineEntry line => line.Text.Length,
        TranscriptTurn turn => 2 * turn.Text.Length,
        ToolCalls.ToolEntry tool => tool.Arguments.Length + tool.Result.Length,
        CallNote note => note.Text.Length,
        _ => 0,
    };

    private static JsonObject Object(string json) => JsonNode.Parse(json) as JsonObject ?? throw new JsonException("No object.");

    private static JsonTypeInfo<CallRecord> Type(JsonSerializerOptions options) => (JsonTypeInfo<CallRecord>)options.GetTypeInfo(typeof(CallRecord));

    private static void WithoutParts(JsonTypeInfo type)
    {
        if (type.Type != typeof(CallRecord))
            return;
        var parts = Lists.Select(list => list.Name).Append(OpenCallerWords).Append(OpenAgentWords).ToHashSet(StringComparer.Ordinal);
        foreach (var property in type.Properties.Where(property => parts.Contains(property.Name)).ToList())
            type.Properties.Remove(property);
    }
}
