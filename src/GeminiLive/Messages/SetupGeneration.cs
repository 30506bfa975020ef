using System.Text.Json;
using GeminiLive.Configuration;

namespace GeminiLive.Messages;

/// <summary>Writes <c>setup.generationConfig</c>: how the model answers, speaks and thinks.</summary>
internal static class SetupGeneration
{
    public static void Write(Utf8JsonWriter json, LiveSessionSettings settings, LiveModelProfile profile)
    {
        json.WriteStartObject("generationConfig"u8);
        json.WriteStartArray("responseModalities"u8);
        json.WriteStringValue(WireName.Short("", settings.ResponseModality ?? "AUDIO"));
        json.WriteEndArray();
        WriteSpeech(json, settings);
        WriteSampling(json, settings);
        if (!string.IsNullOrEmpty(settings.MediaResolution))
            json.WriteString("mediaResolution"u8, WireName.Whole(WireName.MediaResolution, settings.MediaResolution));
        if (settings.AffectiveDialog == true && profile.AffectiveDialog == LiveAvailability.OnRequest)
            json.WriteBoolean("enableAffectiveDialog"u8, true);
        WriteThinking(json, settings.Thinking, profile);
        json.WriteEndObject();
    }

    private static void WriteSpeech(Utf8JsonWriter json, LiveSessionSettings settings)
    {
        if (string.IsNullOrEmpty(settings.Voice) && string.IsNullOrEmpty(settings.LanguageCode))
            return;
        json.WriteStartObject("speechConfig"u8);
        if (!string.IsNullOrEmpty(settings.Voice))
        {
            json.WriteStartObject("voiceConfig"u8);
            json.WriteStartObject("prebuiltVoiceConfig"u8);
            json.WriteString("voiceName"u8, settings.Voice);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        if (!string.IsNullOrEmpty(settings.LanguageCode))
            json.WriteString("languageCode"u8, settings.LanguageCode);
        json.WriteEndObject();
    }

    private static void WriteSampling(Utf8JsonWriter json, LiveSessionSettings settings)
    {
        if (settings.Temperature is { } temperature)
            json.WriteNumber("temperature"u8, temperature);
        if (settings.TopP is { } topP)
            json.WriteNumber("topP"u8, topP);
        WriteInteger(json, "topK"u8, settings.TopK);
        WriteInteger(json, "maxOutputTokens"u8, settings.MaxOutputTokens);
        WriteInteger(json, "seed"u8, settings.Seed);
    }

    private static void WriteThinking(Utf8JsonWriter json, ThinkingSettings thinking, LiveModelProfile profile)
    {
        var level = string.IsNullOrEmpty(thinking.Level) ? profile.RequiredThinkingLevel : WireName.Short("", thinking.Level);
        // The field itself is fatal where the model takes no thinking settings.
        if (thinking.Budget is null && level is null && thinking.IncludeThoughts is null)
            return;
        json.WriteStartObject("thinkingConfig"u8);
        WriteInteger(json, "thinkingBudget"u8, thinking.Budget);
        if (level is not null)
            json.WriteString("thinkingLevel"u8, level);
        if (thinking.IncludeThoughts is { } include)
            json.WriteBoolean("includeThoughts"u8, include);
        json.WriteEndObject();
    }

    private static void WriteInteger(Utf8JsonWriter json, ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
    }
}
