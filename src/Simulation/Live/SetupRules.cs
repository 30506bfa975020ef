using System.Text.Json;
using System.Text.RegularExpressions;
using Simulation.Live.Schema;

namespace Simulation.Live;

/// <summary>What a setup of legal form may still not say, by model family: the capability table of the Live API.</summary>
internal static partial class SetupRules
{
    private const int MaxFunctions = 512;

    private static readonly string[] UnsupportedTools =
    [
        "codeExecution", "urlContext", "fileSearch", "googleMaps", "computerUse", "mcpServers", "retrieval", "enterpriseWebSearch",
        "googleSearchRetrieval", "exaAiSearch", "parallelAiSearch",
    ];

    /// <summary>The close that answers the setup; null when the model takes it.</summary>
    /// <param name="setup">Inside of the <c>setup</c> message.</param>
    /// <param name="apiVersion"><c>v1beta</c>, <c>v1alpha</c> or <c>v1</c>.</param>
    public static CloseReason? Check(JsonElement setup, string apiVersion)
    {
        var model = setup.GetText("model");
        if (!ModelCatalog.TryFind(model, out var family))
            return new CloseReason(1008, $"{model} is not found for API version {apiVersion}, or is not supported for bidiGenerateContent. Call ListModels.");
        var fault = CheckGeneration(setup.Get("generationConfig"), family, apiVersion)
            ?? CheckThinking(setup.Get("generationConfig").Get("thinkingConfig"), family)
            ?? CheckProactivity(setup.Get("proactivity"), family, apiVersion)
            ?? CheckVertexOnly(setup)
            ?? CheckTools(setup.GetElements("tools"), family)
            ?? CheckDetection(setup.Get("realtimeInputConfig").Get("automaticActivityDetection"));
        return fault is null ? null : CloseReason.Invalid(fault);
    }

    /// <summary>Whether the service leaves such a setup without any answer: 3.1 with affective dialog or proactivity.</summary>
    public static bool IsNeverAnswered(JsonElement setup) =>
        ModelCatalog.TryFind(setup.GetText("model"), out var family) && family == ModelFamily.Live31
        && (setup.Get("generationConfig").Has("enableAffectiveDialog") || setup.Has("proactivity"));

    private static string? CheckGeneration(JsonElement generation, ModelFamily family, string apiVersion)
    {
        var modalities = generation.GetElements("responseModalities").Select(m => m.GetString()).ToList();
        if (generation.Has("responseModalities") && modalities is not ["AUDIO"])
            return $"Cannot extract voices from a non-audio request: response modalities ({string.Join(", ", modalities)}) are not supported, only AUDIO is.";
        if (generation.Has("translationConfig"))
            return "generation_config.translation_config is not supported for this model.";
        if (generation.GetNumber("temperature") is < 0 or > 2)
            return "Invalid value at 'setup.generation_config.temperature': must be in the range [0.0, 2.0].";
        if (generation.GetNumber("topP") is < 0 or > 1)
            return "Invalid value at 'setup.generation_config.top_p': must be in the range [0.0, 1.0].";
        if (generation.Has("enableAffectiveDialog") && family != ModelFamily.Live31 && !(family == ModelFamily.NativeAudio25 && apiVersion == "v1alpha"))
            return "Invalid JSON payload received. Unknown name \"enableAffectiveDialog\" at 'setup.generation_config': Cannot find field.";
        return CheckSpeech(generation.Get("speechConfig"));
    }

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

    private static string? CheckThinking(JsonElement thinking, ModelFamily family)
    {
        var isSet = thinking.ValueKind == JsonValueKind.Object;
        return family switch
        {
            ModelFamily.Live38 when isSet => "Request contains an invalid argument: thinking_config is not supported for this model.",
            ModelFamily.ExtendedThinking38 when thinking.GetText("thinkingLevel") is not ("LOW" or "MEDIUM" or "HIGH") =>
                "Request contains an invalid argument: thinking_config.thinking_level must be LOW, MEDIUM or HIGH for this model.",
            ModelFamily.Live31 or ModelFamily.ExtendedThinking38 when thinking.Has("thinkingBudget") =>
                "Request contains an invalid argument: thinking_budget is not supported for this model, use thinking_level.",
            ModelFamily.NativeAudio25 when thinking.Has("thinkingLevel") =>
                "Request contains an invalid argument: thinking_level is not supported for this model, use thinking_budget.",
            _ => null,
        };
    }

    private static string? CheckProactivity(JsonElement proactivity, ModelFamily family, string apiVersion) => family switch
    {
        ModelFamily.NativeAudio25 when proactivity.ValueKind == JsonValueKind.Object && apiVersion != "v1alpha" =>
            "Invalid JSON payload received. Unknown name \"proactivity\" at 'setup': Cannot find field.",
        ModelFamily.Live38 or ModelFamily.ExtendedThinking38 when proactivity.Get("proactiveAudio").ValueKind == JsonValueKind.False =>
            "Request contains an invalid argument: proactive_audio cannot be switched off for this model.",
        _ => null,
    };

    private static string? CheckVertexOnly(JsonElement setup)
    {
        if (setup.Has("explicitVadSignal"))
            return "explicit_vad_signal is not supported in the Gemini API.";
        if (setup.Has("avatarConfig"))
            return "avatar_config is not supported for this model.";
        return setup.Get("sessionResumption").Has("transparent") ? "session_resumption.transparent is not supported in the Gemini API." : null;
    }

    private static string? CheckTools(IEnumerable<JsonElement> tools, ModelFamily family)
    {
        var functions = new List<JsonElement>();
        var searches = false;
        foreach (var tool in tools)
        {
            // 3.1 takes code execution and URL context and does nothing with them.
            var unsupported = UnsupportedTools.FirstOrDefault(name => tool.Has(name) && !(family == ModelFamily.Live31 && name is "codeExecution" or "urlContext"));
            if (unsupported is not null)
                return $"Tool {JsonNames.ToSnakeCase(unsupported)} is not supported for this model.";
            searches |= tool.Has("googleSearch");
            functions.AddRange(tool.GetElements("functionDeclarations"));
        }
        if (searches && functions.Count > 0 && family == ModelFamily.NativeAudio25)
            return "Tool use with function calling is unsupported together with google_search for this model.";
        return functions.Count > MaxFunctions ? $"At most {MaxFunctions} function declarations are allowed." : CheckFunctions(functions, family);
    }

    private static string? CheckFunctions(List<JsonElement> functions, ModelFamily family)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var function in functions)
        {
            var name = function.GetText("name");
            if (!FunctionName().IsMatch(name))
                return $"Invalid function name '{name}': it must start with a letter or an underscore and hold at most 64 of a-z, A-Z, 0-9, _.";
            if (!names.Add(name))
                return $"Duplicate function declaration found: {name}";
            if (function.Has("parameters") && function.Has("parametersJsonSchema"))
                return $"Function {name}: parameters and parameters_json_schema are mutually exclusive.";
            if (family == ModelFamily.ExtendedThinking38 && function.GetText("behavior") != "NON_BLOCKING")
                return $"Function {name}: only behavior NON_BLOCKING is supported for this model.";
        }
        return null;
    }

    private static string? CheckDetection(JsonElement detection)
    {
        if (detection.GetNumber("prefixPaddingMs") < 0)
            return "Invalid value at 'setup.realtime_input_config.automatic_activity_detection.prefix_padding_ms': must not be negative.";
        return detection.GetNumber("silenceDurationMs") < 0
            ? "Invalid value at 'setup.realtime_input_config.automatic_activity_detection.silence_duration_ms': must not be negative."
            : null;
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,63}$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex FunctionName();
}
