using System.Text.Encodings.Web;
using System.Text.Json;

namespace GeminiLive.Messages;

/// <summary>Writes the client's control messages: exactly one top-level key each, no field that the model does not know.</summary>
/// <remarks>Caller audio has a writer of its own, <see cref="AudioMessage"/>.</remarks>
internal static class ClientMessages
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>realtimeInput.audioStreamEnd</c>: the audio pauses.</summary>
    public static byte[] AudioStreamEnd { get; } = """{"realtimeInput":{"audioStreamEnd":true}}"""u8.ToArray();

    /// <summary><c>realtimeInput.activityStart</c>: the caller begins to speak; cuts a running answer.</summary>
    public static byte[] ActivityStart { get; } = """{"realtimeInput":{"activityStart":{}}}"""u8.ToArray();

    /// <summary><c>realtimeInput.activityEnd</c>: the caller has spoken.</summary>
    public static byte[] ActivityEnd { get; } = """{"realtimeInput":{"activityEnd":{}}}"""u8.ToArray();

    /// <summary><c>realtimeInput.text</c>: written user input; does not cut a running answer by itself.</summary>
    public static byte[] RealtimeText(string text) => Write(json =>
    {
        json.WriteStartObject("realtimeInput"u8);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    });

    /// <summary><c>clientContent</c> with one finished user turn: the model answers at once.</summary>
    public static byte[] UserTurn(string text) => Content([new LiveHistoryTurn(LiveRole.User, text)], turnComplete: true);

    /// <summary>Written input in the way of the model's family.</summary>
    /// <param name="text">What the model reads.</param>
    /// <param name="expectsAnswer">True asks for an answer at once.</param>
    /// <param name="profile">What the model takes.</param>
    public static byte[] Text(string text, bool expectsAnswer, LiveModelProfile profile)
    {
        if (profile.TextInput == LiveTextInput.RealtimeText || (!expectsAnswer && profile.SupportsRealtimeText))
            return RealtimeText(text);
        return Content([new LiveHistoryTurn(LiveRole.User, text)], turnComplete: expectsAnswer);
    }

    /// <summary><c>clientContent</c>: turns for the conversation, with their roles said.</summary>
    public static byte[] Content(IReadOnlyList<LiveHistoryTurn> turns, bool turnComplete) => Write(json =>
    {
        json.WriteStartObject("clientContent"u8);
        if (turns.Count > 0)
            WriteTurns(json, turns);
        json.WriteBoolean("turnComplete"u8, turnComplete);
        json.WriteEndObject();
    });

    /// <summary><c>realtimeInput.video</c>: one JPEG.</summary>
    public static byte[] Video(ReadOnlySpan<byte> jpeg)
    {
        var base64 = Convert.ToBase64String(jpeg);
        return Write(json =>
        {
            json.WriteStartObject("realtimeInput"u8);
            json.WriteStartObject("video"u8);
            json.WriteString("mimeType"u8, "image/jpeg"u8);
            json.WriteString("data"u8, base64);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <summary><c>toolResponse</c>, with only those fields that the model has.</summary>
    public static byte[] ToolResponse(IReadOnlyList<LiveToolResponse> responses, LiveModelProfile profile) => Write(json =>
    {
        json.WriteStartObject("toolResponse"u8);
        json.WriteStartArray("functionResponses"u8);
        foreach (var response in responses)
            WriteResponse(json, response, profile);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary><c>contextUpdate</c>: a new instruction, new tools, or both.</summary>
    public static byte[] ContextUpdate(string? instruction, IReadOnlyList<LiveFunction>? functions, LiveSessionSettings settings, LiveModelProfile profile) => Write(json =>
    {
        json.WriteStartObject("contextUpdate"u8);
        if (instruction is not null)
        {
            json.WriteStartObject("systemInstruction"u8);
            WriteTextParts(json, instruction);
            json.WriteEndObject();
        }
        if (functions is not null)
        {
            json.WriteStartObject("tools"u8);
            SetupTools.Write(json, settings, functions, profile);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    });

    private static void WriteTurns(Utf8JsonWriter json, IReadOnlyList<LiveHistoryTurn> turns)
    {
        json.WriteStartArray("turns"u8);
        foreach (var turn in turns)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, turn.Role == LiveRole.Model ? "model"u8 : "user"u8);
            WriteTextParts(json, turn.Text);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteResponse(Utf8JsonWriter json, LiveToolResponse response, LiveModelProfile profile)
    {
        json.WriteStartObject();
        if (response.Id is not null)
            json.WriteString("id"u8, response.Id);
        json.WriteString("name"u8, response.Name);
        json.WritePropertyName("response"u8);
        WriteResult(json, response.Response);
        // Beside the response, where the service's schema has it; inside it is only a part of the result.
        if (response.Scheduling is { } scheduling && profile.SupportsScheduling)
            json.WriteString("scheduling"u8, NameOf(scheduling));
        if (response.WillContinue is { } willContinue && profile.SupportsContinuedResponses)
            json.WriteBoolean("willContinue"u8, willContinue);
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, JsonElement result)
    {
        if (result.ValueKind == JsonValueKind.Object)
        {
            result.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        if (result.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            json.WritePropertyName("output"u8);
            result.WriteTo(json);
        }
        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> NameOf(LiveScheduling scheduling) => scheduling switch
    {
        LiveScheduling.Interrupt => "INTERRUPT"u8,
        LiveScheduling.Silent => "SILENT"u8,
        _ => "WHEN_IDLE"u8,
    };

    /// <summary>An object whose inside is <paramref name="content"/>.</summary>
    internal static byte[] Write(Action<Utf8JsonWriter> content)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, WriterOptions))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    /// <summary><c>"parts":[{"text":...}]</c>.</summary>
    internal static void WriteTextParts(Utf8JsonWriter json, string text)
    {
        json.WriteStartArray("parts"u8);
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
