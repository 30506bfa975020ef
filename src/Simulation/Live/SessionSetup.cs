using System.Text.Json;
using Simulation.Live.Schema;

namespace Simulation.Live;

/// <summary>What a session took from its setup message.</summary>
internal sealed record SessionSetup
{
    private const double DefaultTriggerShare = 0.8;

    /// <summary>Model as the client named it, with the prefix <c>models/</c>.</summary>
    public required string Model { get; init; }

    public required ModelTraits Traits { get; init; }

    /// <summary>Null when the client marks activity itself.</summary>
    public required ActivitySettings? Detection { get; init; }

    public required bool SpeechInterrupts { get; init; }

    public required bool TranscribesInput { get; init; }

    public required bool TranscribesOutput { get; init; }

    public required bool WantsHandles { get; init; }

    /// <summary>Handle to resume from; empty for a fresh session.</summary>
    public required string Handle { get; init; }

    /// <summary>Whether the first client content is history to be taken in silence.</summary>
    public required bool SeedsHistory { get; init; }

    /// <summary>Functions that block the model until they are answered.</summary>
    public required IReadOnlySet<string> BlockingFunctions { get; init; }

    /// <summary>Rough size of instructions and tools, four characters to a token.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Whether resumption updates tell which client messages were consumed.</summary>
    public required bool IsTransparent { get; init; }

    /// <summary>Whether the begin and end of speech are told.</summary>
    public required bool SignalsActivity { get; init; }

    /// <summary>Whether all of the caller's audio becomes context, not only speech.</summary>
    public required bool CoversAllInput { get; init; }

    /// <summary>Context size above which it is cut; null without compression.</summary>
    public required long? TriggerTokens { get; init; }

    /// <summary>Size it is cut to.</summary>
    public required long TargetTokens { get; init; }

    /// <summary>Reads a setup that schema and rules have passed.</summary>
    /// <param name="setup">Inside of the <c>setup</c> message.</param>
    /// <param name="traits">The model's.</param>
    /// <param name="contextTokens">Size of its context.</param>
    public static SessionSetup Read(JsonElement setup, ModelTraits traits, int contextTokens)
    {
        var compression = setup.Get("contextWindowCompression");
        var trigger = (long)(compression.GetNumber("triggerTokens") ?? DefaultTriggerShare * contextTokens);
        var input = setup.Get("realtimeInputConfig");
        return new SessionSetup
        {
            Model = setup.GetText("model"),
            Traits = traits,
            Detection = ReadDetection(input.Get("automaticActivityDetection"), traits),
            SpeechInterrupts = input.GetText("activityHandling") != "NO_INTERRUPTION",
            TranscribesInput = setup.Has("inputAudioTranscription"),
            TranscribesOutput = setup.Has("outputAudioTranscription"),
            WantsHandles = setup.Has("sessionResumption"),
            Handle = setup.Get("sessionResumption").GetText("handle"),
            SeedsHistory = setup.Get("historyConfig").GetBool("initialHistoryInClientContent"),
            BlockingFunctions = ReadBlockingFunctions(setup.GetElements("tools"), traits),
            PromptTokens = setup.GetRawText().Length / 4,
            IsTransparent = setup.Get("sessionResumption").GetBool("transparent"),
            SignalsActivity = setup.GetBool("explicitVadSignal"),
            CoversAllInput = input.GetText("turnCoverage") is var coverage && coverage.Length > 0 ? coverage == "TURN_INCLUDES_ALL_INPUT" : traits.CoversAllInput,
            TriggerTokens = compression.Has("slidingWindow") ? trigger : null,
            TargetTokens = (long)(compression.Get("slidingWindow").GetNumber("targetTokens") ?? trigger / 2.0),
        };
    }

    /// <summary>The functions of these tools that block: the declared ones, and where none is declared the model's default.</summary>
    public static IReadOnlySet<string> ReadBlockingFunctions(IEnumerable<JsonElement> tools, ModelTraits traits) =>
        tools.SelectMany(tool => tool.GetElements("functionDeclarations"))
            .Where(function => function.GetText("behavior") switch
            {
                "BLOCKING" => true,
                "NON_BLOCKING" => traits.AlwaysBlocks,
                _ => traits.BlocksByDefault,
            })
            .Select(function => function.GetText("name"))
            .ToHashSet(StringComparer.Ordinal);

    private static ActivitySettings? ReadDetection(JsonElement detection, ModelTraits traits) => detection.GetBool("disabled")
        ? null
        : ActivitySettings.From(
            IsLow(detection.GetText("startOfSpeechSensitivity"), traits),
            IsLow(detection.GetText("endOfSpeechSensitivity"), traits),
            (int?)detection.GetNumber("prefixPaddingMs"),
            (int?)detection.GetNumber("silenceDurationMs"));

    private static bool IsLow(string sensitivity, ModelTraits traits) => sensitivity switch
    {
        "START_SENSITIVITY_LOW" or "END_SENSITIVITY_LOW" => true,
        "START_SENSITIVITY_HIGH" or "END_SENSITIVITY_HIGH" => false,
        _ => traits.DetectsWithLowSensitivity,
    };
}
