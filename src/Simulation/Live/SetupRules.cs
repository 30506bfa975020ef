using System.Text.Json;
using Simulation.Live.Connections;
using Simulation.Live.Schema;

namespace Simulation.Live;

/// <summary>What a setup of legal form may still not say: each rule asks the model's <see cref="ModelTraits"/>.</summary>
internal static class SetupRules
{
    /// <summary>The close that answers the setup; null when the model takes it.</summary>
    /// <param name="setup">Inside of the <c>setup</c> message.</param>
    /// <param name="route">Service and version.</param>
    /// <param name="traits">What the model takes, when it is known.</param>
    public static CloseReason? Check(JsonElement setup, LiveRoute route, out ModelTraits? traits)
    {
        var model = setup.GetText("model");
        if (!ModelCatalog.TryFind(model, route, out traits))
            return NotFound(model, route);
        var fault = CheckGeneration(setup.Get("generationConfig"), traits)
            ?? CheckThinking(setup.Get("generationConfig").Get("thinkingConfig"), traits)
            ?? CheckProactivity(setup.Get("proactivity"), traits)
            ?? CheckBackend(setup, traits)
            ?? CheckTranscription(setup.Get("inputAudioTranscription"), traits)
            ?? CheckTranscription(setup.Get("outputAudioTranscription"), traits)
            ?? ToolRules.Check(setup.GetElements("tools"), traits)
            ?? CheckDetection(setup.Get("realtimeInputConfig").Get("automaticActivityDetection"));
        return fault is null ? null : CloseReason.Invalid(fault);
    }

    /// <summary>Whether the service leaves such a setup without any answer: 3.1 with affective dialog or proactivity.</summary>
    public static bool IsNeverAnswered(JsonElement setup, ModelTraits traits) =>
        (traits.AffectiveDialog == Taking.NeverAnswered && setup.Get("generationConfig").Has("enableAffectiveDialog"))
        || (traits.Proactivity == Taking.NeverAnswered && setup.Has("proactivity"));

    private static CloseReason NotFound(string model, LiveRoute route) => new(1008, route.Backend == LiveBackend.Vertex
        ? $"Publisher Model `{model}` was not found or is not supported for bidiGenerateContent."
        : $"{model} is not found for API version {route.ApiVersion}, or is not supported for bidiGenerateContent. Call ListModels.");

    private static string? CheckGeneration(JsonElement generation, ModelTraits traits)
    {
        var modalities = generation.GetElements("responseModalities").Select(m => m.GetString()).ToList();
        if ((generation.Has("responseModalities") || traits.NeedsModalities) && modalities is not ["AUDIO"])
            return $"Cannot extract voices from a non-audio request: response modalities ({string.Join(", ", modalities)}) are not supported, only AUDIO is.";
        if (generation.Has("translationConfig"))
            return "generation_config.translation_config is not supported for this model.";
        if (generation.GetNumber("temperature") is < 0 or > 2)
            return "Invalid value at 'setup.generation_config.temperature': must be in the range [0.0, 2.0].";
        if (generation.GetNumber("topP") is < 0 or > 1)
            return "Invalid value at 'setup.generation_config.top_p': must be in the range [0.0, 1.0].";
        if (generation.Has("enableAffectiveDialog") && !IsTaken(traits.AffectiveDialog, generation.Get("enableAffectiveDialog")))
            return "Invalid JSON payload received. Unknown name \"enableAffectiveDialog\" at 'setup.generation_config': Cannot find field.";
        return CheckSpeech(generation.Get("speechConfig"));
    }

    private static bool IsTaken(Taking taking, JsonElement value) =>
        taking != Taking.Refused && (taking != Taking.AlwaysOn || value.ValueKind != JsonValueKind.False);

    private static string? CheckSpeech(JsonElement speech)
    {
        if (speech.Has("multiSpeakerVoiceConfig"))
            return "speech_config.multi_speaker_voice_config is not supported for bidiGenerateContent.";
        if (speech.Get("voiceConfig").Has("replicatedVoiceConfig"))
            return "speech_config.voice_config.replicated_voice_config is not supported.";
        var voice = speech.Get("voiceConfig").Get("prebuiltVoiceConfig");
        if (voice.Has("voiceName") && !ModelCatalog.Voices.Contains(voice.GetText("voiceName")))
            return $"Requested voice api_name '{voice.GetText("voiceName")}' is not available for this model.";
        if (speech.Has("languageCode") && !ModelCatalog.LanguageCodes.Contains(speech.GetText("languageCode")))
            return $"Unsupported language code '{speech.GetText("languageCode")}' for this model.";
        return null;
    }

    private static string? CheckThinking(JsonElement thinking, ModelTraits traits) => traits.Thinking switch
    {
        ThinkingField.None when thinking.ValueKind == JsonValueKind.Object => "Request contains an invalid argument: thinking_config is not supported for this model.",
        ThinkingField.RequiredLevel when thinking.GetText("thinkingLevel") is not ("LOW" or "MEDIUM" or "HIGH") =>
            "Request contains an invalid argument: thinking_config.thinking_level must be LOW, MEDIUM or HIGH for this model.",
        ThinkingField.Level or ThinkingField.RequiredLevel when thinking.Has("thinkingBudget") =>
            "Request contains an invalid argument: thinking_budget is not supported for this model, use thinking_level.",
        ThinkingField.Budget when thinking.Has("thinkingLevel") =>
            "Request contains an invalid argument: thinking_level is not supported for this model, use thinking_budget.",
        ThinkingField.Budget when thinking.GetNumber("thinkingBudget") < -1 =>
            "Invalid value at 'setup.generation_config.thinking_config.thinking_budget': must be -1 or more.",
        _ => null,
    };

    private static string? CheckProactivity(JsonElement proactivity, ModelTraits traits)
    {
        if (proactivity.ValueKind != JsonValueKind.Object || traits.Proactivity == Taking.NeverAnswered)
            return null;
        if (traits.Proactivity == Taking.Refused)
            return "Invalid JSON payload received. Unknown name \"proactivity\" at 'setup': Cannot find field.";
        if (!IsTaken(traits.Proactivity, proactivity.Get("proactiveAudio")))
            return "Request contains an invalid argument: proactive_audio cannot be switched off for this model.";
        return proactivity.GetBool("proactiveVideo") && !proactivity.GetBool("proactiveAudio")
            ? "Request contains an invalid argument: proactive_video needs proactive_audio."
            : null;
    }

    private static string? CheckBackend(JsonElement setup, ModelTraits traits)
    {
        if (setup.Has("avatarConfig"))
            return "avatar_config is not supported for this model.";
        if (setup.Has("historyConfig") && !traits.TakesHistoryConfig)
            return "Invalid JSON payload received. Unknown name \"historyConfig\" at 'setup': Cannot find field.";
        if (traits.TakesVertexSettings)
            return null;
        if (setup.Has("explicitVadSignal"))
            return "explicit_vad_signal is not supported in the Gemini API.";
        if (setup.GetElements("safetySettings").Any(safety => safety.Has("method")))
            return "safety_settings.method is not supported in the Gemini API.";
        return setup.Get("sessionResumption").Has("transparent") ? "session_resumption.transparent is not supported in the Gemini API." : null;
    }

    private static string? CheckTranscription(JsonElement transcription, ModelTraits traits)
    {
        if (transcription.ValueKind != JsonValueKind.Object)
            return null;
        if (transcription.Has("customVocabulary") && !traits.TakesCustomVocabulary)
            return "Request contains an invalid argument: custom_vocabulary is not supported for this model.";
        return !traits.TakesTranscriptionSettings && transcription.EnumerateObject().Any()
            ? "Request contains an invalid argument: audio transcription takes no settings for this model."
            : null;
    }

    private static string? CheckDetection(JsonElement detection)
    {
        if (detection.GetNumber("prefixPaddingMs") < 0)
            return "Invalid value at 'setup.realtime_input_config.automatic_activity_detection.prefix_padding_ms': must not be negative.";
        return detection.GetNumber("silenceDurationMs") < 0
            ? "Invalid value at 'setup.realtime_input_config.automatic_activity_detection.silence_duration_ms': must not be negative."
            : null;
    }
}
