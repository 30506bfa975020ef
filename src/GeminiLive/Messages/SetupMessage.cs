using System.Globalization;
using System.Text.Json;
using GeminiLive.Configuration;

namespace GeminiLive.Messages;

/// <summary>Writes <c>setup</c>, the first message of every connection. Each field is one the service knows: an unknown one closes with 1007.</summary>
internal static class SetupMessage
{
    /// <summary>The same setup for the first connection and for a resumed one, which differ in the handle only.</summary>
    /// <param name="config">What the call asks for.</param>
    /// <param name="target">Where it is asked; a field that its model does not have was refused at start or, on a fallback, is left out.</param>
    /// <param name="handle">Last good resumption handle; null starts a session and asks for handles.</param>
    public static byte[] Write(LiveSessionConfig config, LiveTarget target, string? handle) => ClientMessages.Write(json =>
    {
        json.WriteStartObject("setup"u8);
        WriteInside(json, config, target, handle);
        json.WriteEndObject();
    });

    /// <summary>What stands inside <c>setup</c>, also the form of a token's locked setup.</summary>
    public static void WriteInside(Utf8JsonWriter json, LiveSessionConfig config, LiveTarget target, string? handle)
    {
        var settings = target.SettingsFor(config.Settings);
        json.WriteString("model"u8, target.ModelResource);
        SetupGeneration.Write(json, settings, target.Profile);
        WriteSafety(json, settings.SafetySettings);
        WriteInstruction(json, config.SystemInstruction);
        SetupTools.Write(json, settings, config.Functions, target.Profile);
        WriteRealtimeInput(json, settings.ActivityDetection);
        WriteTranscription(json, "inputAudioTranscription"u8, settings.InputTranscription);
        WriteTranscription(json, "outputAudioTranscription"u8, settings.OutputTranscription);
        WriteResumption(json, settings, handle);
        WriteCompression(json, settings.ContextCompression);
        WriteProactivity(json, settings, target.Profile);
        WriteHistory(json, config, target.Profile, handle);
    }

    private static void WriteSafety(Utf8JsonWriter json, List<SafetySettings> settings)
    {
        if (settings.Count == 0)
            return;
        json.WriteStartArray("safetySettings"u8);
        foreach (var setting in settings)
        {
            json.WriteStartObject();
            json.WriteString("category"u8, WireName.Whole(WireName.HarmCategory, setting.Category ?? ""));
            json.WriteString("threshold"u8, WireName.Whole("", setting.Threshold ?? ""));
            if (!string.IsNullOrEmpty(setting.Method))
                json.WriteString("method"u8, WireName.Whole("", setting.Method));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteInstruction(Utf8JsonWriter json, string instruction)
    {
        if (instruction.Length == 0)
            return;
        json.WriteStartObject("systemInstruction"u8);
        ClientMessages.WriteTextParts(json, instruction);
        json.WriteEndObject();
    }

    private static void WriteRealtimeInput(Utf8JsonWriter json, ActivityDetectionSettings detection)
    {
        json.WriteStartObject("realtimeInputConfig"u8);
        WriteDetection(json, detection);
        WriteEnum(json, "activityHandling"u8, "", detection.ActivityHandling);
        WriteEnum(json, "turnCoverage"u8, WireName.TurnCoverage, detection.TurnCoverage);
        json.WriteEndObject();
    }

    private static void WriteDetection(Utf8JsonWriter json, ActivityDetectionSettings detection)
    {
        json.WriteStartObject("automaticActivityDetection"u8);
        if (string.Equals(detection.Mode, "Manual", StringComparison.OrdinalIgnoreCase))
        {
            json.WriteBoolean("disabled"u8, true);
        }
        else
        {
            WriteEnum(json, "startOfSpeechSensitivity"u8, WireName.StartSensitivity, detection.StartSensitivity);
            WriteEnum(json, "endOfSpeechSensitivity"u8, WireName.EndSensitivity, detection.EndSensitivity);
            if (detection.PrefixPaddingMs is { } prefix)
                json.WriteNumber("prefixPaddingMs"u8, prefix);
            if (detection.SilenceDurationMs is { } silence)
                json.WriteNumber("silenceDurationMs"u8, silence);
        }
        json.WriteEndObject();
    }

    private static void WriteTranscription(Utf8JsonWriter json, ReadOnlySpan<byte> name, TranscriptionSettings transcription)
    {
        if (transcription.Enabled == false)
            return;
        json.WriteStartObject(name);
        WriteList(json, "languageCodes"u8, transcription.LanguageCodes);
        WriteList(json, "customVocabulary"u8, transcription.CustomVocabulary);
        json.WriteEndObject();
    }

    private static void WriteResumption(Utf8JsonWriter json, LiveSessionSettings settings, string? handle)
    {
        if (settings.Resumption == false)
            return;
        // An absent handle must be absent: null was reported to close with 1008.
        json.WriteStartObject("sessionResumption"u8);
        if (handle is not null)
            json.WriteString("handle"u8, handle);
        if (settings.TransparentResumption == true)
            json.WriteBoolean("transparent"u8, true);
        json.WriteEndObject();
    }

    private static void WriteCompression(Utf8JsonWriter json, CompressionSettings compression)
    {
        if (compression.Enabled == false)
            return;
        // 64-bit integers are strings in proto3 JSON. Without a sliding window nothing would be compressed.
        json.WriteStartObject("contextWindowCompression"u8);
        if (compression.TriggerTokens is { } trigger)
            json.WriteString("triggerTokens"u8, trigger.ToString(CultureInfo.InvariantCulture));
        json.WriteStartObject("slidingWindow"u8);
        if (compression.TargetTokens is { } target)
            json.WriteString("targetTokens"u8, target.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteProactivity(Utf8JsonWriter json, LiveSessionSettings settings, LiveModelProfile profile)
    {
        // "false" is an error where it is always on, and the default elsewhere.
        if (settings.ProactiveAudio != true || profile.ProactiveAudio != LiveAvailability.OnRequest)
            return;
        json.WriteStartObject("proactivity"u8);
        json.WriteBoolean("proactiveAudio"u8, true);
        json.WriteEndObject();
    }

    private static void WriteHistory(Utf8JsonWriter json, LiveSessionConfig config, LiveModelProfile profile, string? handle)
    {
        // With it the service waits for a history; a resumed session has its own.
        if (config.History.Count == 0 || handle is not null || profile.HistorySeeding != LiveHistorySeeding.HistoryConfig)
            return;
        json.WriteStartObject("historyConfig"u8);
        json.WriteBoolean("initialHistoryInClientContent"u8, true);
        json.WriteEndObject();
    }

    private static void WriteEnum(Utf8JsonWriter json, ReadOnlySpan<byte> name, string prefix, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json.WriteString(name, WireName.Whole(prefix, value));
    }

    private static void WriteList(Utf8JsonWriter json, ReadOnlySpan<byte> name, List<string> values)
    {
        if (values.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
