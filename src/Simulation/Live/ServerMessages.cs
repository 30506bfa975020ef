using System.Runtime.InteropServices;
using System.Text.Json;

namespace Simulation.Live;

/// <summary>The messages of the simulated server, written field by field.</summary>
internal static class ServerMessages
{
    /// <summary>Part of a generation: words, and a stretch of audio counted in bytes, which need not be whole samples.</summary>
    public readonly record struct Output(ReadOnlyMemory<short> Pcm, int FirstByte, int Bytes, string Words, string MimeType);

    /// <summary>The setup was accepted; Vertex names the session.</summary>
    public static void SetupComplete(Utf8JsonWriter json, string? sessionId)
    {
        json.WriteStartObject();
        json.WriteStartObject("setupComplete");
        if (sessionId is not null)
            json.WriteString("sessionId", sessionId);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void ModelOutput(Utf8JsonWriter json, Output output)
    {
        StartServerContent(json);
        if (output.Bytes > 0)
            WriteModelTurn(json, MemoryMarshal.AsBytes(output.Pcm.Span).Slice(output.FirstByte, output.Bytes), output.MimeType);
        if (output.Words.Length > 0)
            WriteText(json, "outputTranscription", output.Words);
        EndServerContent(json);
    }

    public static void InputTranscription(Utf8JsonWriter json, string text)
    {
        StartServerContent(json);
        WriteText(json, "inputTranscription", text);
        EndServerContent(json);
    }

    /// <summary>A <c>serverContent</c> with one flag: <c>interrupted</c> or <c>generationComplete</c>.</summary>
    public static void Flag(Utf8JsonWriter json, string name)
    {
        StartServerContent(json);
        json.WriteBoolean(name, value: true);
        EndServerContent(json);
    }

    public static void ToolCalls(Utf8JsonWriter json, IReadOnlyList<FunctionCall> calls)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolCall");
        json.WriteStartArray("functionCalls");
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id", call.Id);
            json.WriteString("name", call.Name);
            json.WritePropertyName("args");
            call.Args.WriteTo(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void ToolCallCancellation(Utf8JsonWriter json, IReadOnlyCollection<string> ids)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolCallCancellation");
        json.WriteStartArray("ids");
        foreach (var id in ids)
            json.WriteStringValue(id);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A handle to resume with; without one, the news that the session cannot be resumed at this point. In transparent mode with the last message consumed.</summary>
    public static void ResumptionUpdate(Utf8JsonWriter json, (string? Handle, int? LastConsumed) update)
    {
        json.WriteStartObject();
        json.WriteStartObject("sessionResumptionUpdate");
        if (update.Handle is not null)
            json.WriteString("newHandle", update.Handle);
        json.WriteBoolean("resumable", update.Handle is not null);
        if (update.LastConsumed is { } index)
            json.WriteString("lastConsumedClientMessageIndex", index.ToString());
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Begin or end of the caller's speech, on Vertex when it was asked for.</summary>
    public static void ActivitySignal(Utf8JsonWriter json, string type)
    {
        json.WriteStartObject();
        json.WriteStartObject("voiceActivityDetectionSignal");
        json.WriteString("vadSignalType", type);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void GoAway(Utf8JsonWriter json, string timeLeft)
    {
        json.WriteStartObject();
        json.WriteStartObject("goAway");
        json.WriteString("timeLeft", timeLeft);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void StartServerContent(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("serverContent");
    }

    private static void EndServerContent(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteModelTurn(Utf8JsonWriter json, ReadOnlySpan<byte> pcm, string mimeType)
    {
        json.WriteStartObject("modelTurn");
        json.WriteStartArray("parts");
        json.WriteStartObject();
        json.WriteStartObject("inlineData");
        json.WriteString("mimeType", mimeType);
        json.WriteBase64String("data", pcm);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
