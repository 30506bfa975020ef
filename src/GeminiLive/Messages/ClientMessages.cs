using System.Text.Encodings.Web;
using System.Text.Json;

namespace GeminiLive.Messages;

/// <summary>Writes the client's control messages: exactly one top-level key each, no field that the model does not know.</summary>
/// <remarks>Caller audio has a writer of its own, <see cref="AudioMessage"/>.</remarks>
internal static class ClientMessages
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>realtimeInput.text</c>: written user input; does not cut a running answer by itself.</summary>
    public static byte[] RealtimeText(string text) => Write(json =>
    {
        json.WriteStartObject("realtimeInput"u8);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    });

    /// <summary><c>clientContent</c> with one finished user turn: the model answers at once.</summary>
    public static byte[] UserTurn(string text) => Write(json =>
    {
        json.WriteStartObject("clientContent"u8);
        json.WriteStartArray("turns"u8);
        json.WriteStartObject();
        json.WriteString("role"u8, "user"u8);
        WriteTextParts(json, text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteBoolean("turnComplete"u8, true);
        json.WriteEndObject();
    });

    /// <summary><c>toolResponse</c> that says why a call cannot be served; a call without an answer would hang the turn.</summary>
    public static byte[] ToolError(LiveToolCall call, string error) => Write(json =>
    {
        json.WriteStartObject("toolResponse"u8);
        json.WriteStartArray("functionResponses"u8);
        json.WriteStartObject();
        if (call.Id is not null)
            json.WriteString("id"u8, call.Id);
        json.WriteString("name"u8, call.Name);
        json.WriteStartObject("response"u8);
        json.WriteString("error"u8, error);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

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
