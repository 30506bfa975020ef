using System.Runtime.InteropServices;
using System.Text.Json;

namespace Simulation.Live;

/// <summary>The messages of the simulated server, written field by field.</summary>
internal static class ServerMessages
{
    /// <summary>Part of a generation: words, and a stretch of audio counted in bytes, which need not be whole samples.</summary>
    public readonly record struct Output(ReadOnlyMemory<short> Pcm, int FirstByte, int Bytes, string Words);

    /// <summary>End of a turn with what it cost.</summary>
    public readonly record struct TurnEnd(int PromptTokens, int ResponseTokens, bool ReportsInteraction);

    /// <summary>One function call; the arguments are JSON.</summary>
    public readonly record struct ToolCall(string Id, string Name, JsonElement Args);

    public static void SetupComplete(Utf8JsonWriter json, bool _)
    {
        json.WriteStartObject();
        WriteEmpty(json, "setupComplete");
        json.WriteEndObject();
    }

    public static void ModelOutput(Utf8JsonWriter json, Output output)
    {
        StartServerContent(json);
        if (output.Bytes > 0)
            WriteModelTurn(json, MemoryMarshal.AsBytes(output.Pcm.Span).Slice(output.FirstByte, output.Bytes));
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

    public static void TurnComplete(Utf8JsonWriter json, TurnEnd turn)
    {
        json.WriteStartObject();
        json.WriteStartObject("serverContent");
        json.WriteBoolean("turnComplete", value: true);
        if (turn.ReportsInteraction)
            json.WriteString("interactionStatus", "IDLE");
        json.WriteEndObject();
        json.WriteStartObject("usageMetadata");
        json.WriteNumber("promptTokenCount", turn.PromptTokens);
        json.WriteNumber("responseTokenCount", turn.ResponseTokens);
        json.WriteNumber("totalTokenCount", turn.PromptTokens + turn.ResponseTokens);
        WriteDetails(json, "promptTokensDetails", turn.PromptTokens);
        WriteDetails(json, "responseTokensDetails", turn.ResponseTokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void ToolCalls(Utf8JsonWriter json, ToolCall call)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolCall");
        json.WriteStartArray("functionCalls");
        json.WriteStartObject();
        json.WriteString("id", call.Id);
        json.WriteString("name", call.Name);
        json.WritePropertyName("args");
        call.Args.WriteTo(json);
        json.WriteEndObject();
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

    /// <summary>A handle to resume with; without one, the news that the session cannot be resumed at this point.</summary>
    public static void ResumptionUpdate(Utf8JsonWriter json, string? handle)
    {
        json.WriteStartObject();
        json.WriteStartObject("sessionResumptionUpdate");
        if (handle is not null)
            json.WriteString("newHandle", handle);
        json.WriteBoolean("resumable", handle is not null);
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

    private static void WriteModelTurn(Utf8JsonWriter json, ReadOnlySpan<byte> pcm)
    {
        json.WriteStartObject("modelTurn");
        json.WriteStartArray("parts");
        json.WriteStartObject();
        json.WriteStartObject("inlineData");
        json.WriteString("mimeType", "audio/pcm;rate=24000");
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

    private static void WriteEmpty(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter json, string name, int tokens)
    {
        json.WriteStartArray(name);
        json.WriteStartObject();
        json.WriteString("modality", "AUDIO");
        if (tokens > 0)
            json.WriteNumber("tokenCount", tokens);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
