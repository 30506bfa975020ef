using System.Text.Json;

namespace GeminiLive.Messages;

/// <summary>Writes <c>setup</c>, the first message of every connection. Each field is one the service knows: an unknown one closes with 1007.</summary>
internal static class SetupMessage
{
    /// <summary>The same setup for the first connection and for a resumed one, which differ in the handle only.</summary>
    /// <param name="config">What the call asks for.</param>
    /// <param name="options">What every session asks for.</param>
    /// <param name="handle">Last good resumption handle; null starts a session and asks for handles.</param>
    public static byte[] Write(LiveSessionConfig config, LiveOptions options, string? handle) => ClientMessages.Write(json =>
    {
        json.WriteStartObject("setup"u8);
        json.WriteString("model"u8, config.Model.Contains('/', StringComparison.Ordinal) ? config.Model : "models/" + config.Model);
        WriteGenerationConfig(json, config);
        WriteInstruction(json, config.SystemInstruction);
        WriteRealtimeInput(json, options.ActivityDetection);
        WriteEmpty(json, "inputAudioTranscription"u8);
        WriteEmpty(json, "outputAudioTranscription"u8);
        WriteResumption(json, handle);
        WriteCompression(json, options);
        json.WriteEndObject();
    });

    private static void WriteGenerationConfig(Utf8JsonWriter json, LiveSessionConfig config)
    {
        json.WriteStartObject("generationConfig"u8);
        json.WriteStartArray("responseModalities"u8);
        json.WriteStringValue("AUDIO"u8);
        json.WriteEndArray();
        json.WriteStartObject("speechConfig"u8);
        json.WriteStartObject("voiceConfig"u8);
        json.WriteStartObject("prebuiltVoiceConfig"u8);
        json.WriteString("voiceName"u8, config.Voice);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        if (LiveModelProfile.For(config.Model).ThinkingLevel is { } level)
        {
            json.WriteStartObject("thinkingConfig"u8);
            json.WriteString("thinkingLevel"u8, level);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteInstruction(Utf8JsonWriter json, string instruction)
    {
        if (instruction.Length == 0)
            return;
        json.WriteStartObject("systemInstruction"u8);
        ClientMessages.WriteTextParts(json, instruction);
        json.WriteEndObject();
    }

    private static void WriteRealtimeInput(Utf8JsonWriter json, ActivityDetectionOptions detection)
    {
        json.WriteStartObject("realtimeInputConfig"u8);
        json.WriteStartObject("automaticActivityDetection"u8);
        if (detection.StartSensitivity is { } start)
            json.WriteString("startOfSpeechSensitivity"u8, "START_SENSITIVITY_" + start);
        if (detection.EndSensitivity is { } end)
            json.WriteString("endOfSpeechSensitivity"u8, "END_SENSITIVITY_" + end);
        if (detection.PrefixPaddingMs is { } prefix)
            json.WriteNumber("prefixPaddingMs"u8, prefix);
        if (detection.SilenceDurationMs is { } silence)
            json.WriteNumber("silenceDurationMs"u8, silence);
        json.WriteEndObject();
        json.WriteString("activityHandling"u8, "START_OF_ACTIVITY_INTERRUPTS"u8);
        json.WriteString("turnCoverage"u8, "TURN_INCLUDES_ONLY_ACTIVITY"u8);
        json.WriteEndObject();
    }

    private static void WriteResumption(Utf8JsonWriter json, string? handle)
    {
        // An absent handle must be absent: null was reported to close with 1008.
        json.WriteStartObject("sessionResumption"u8);
        if (handle is not null)
            json.WriteString("handle"u8, handle);
        json.WriteEndObject();
    }

    private static void WriteCompression(Utf8JsonWriter json, LiveOptions options)
    {
        // 64-bit integers are strings in proto3 JSON.
        json.WriteStartObject("contextWindowCompression"u8);
        json.WriteString("triggerTokens"u8, options.CompressionTriggerTokens.ToString());
        json.WriteStartObject("slidingWindow"u8);
        json.WriteString("targetTokens"u8, options.CompressionTargetTokens.ToString());
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteEmpty(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WriteStartObject(name);
        json.WriteEndObject();
    }
}
