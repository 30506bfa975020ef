using System.Text.Json;
using Simulation.Live.Schema;

namespace Simulation.Live;

/// <summary>What a session took from its setup message.</summary>
internal sealed record SessionSetup
{
    /// <summary>Model as the client named it, with the prefix <c>models/</c>.</summary>
    public required string Model { get; init; }

    public required ModelFamily Family { get; init; }

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

    /// <summary>Reads a setup that schema and rules have passed.</summary>
    public static SessionSetup Read(JsonElement setup)
    {
        _ = ModelCatalog.TryFind(setup.GetText("model"), out var family);
        var input = setup.Get("realtimeInputConfig");
        return new SessionSetup
        {
            Model = setup.GetText("model"),
            Family = family,
            Detection = ReadDetection(input.Get("automaticActivityDetection")),
            SpeechInterrupts = input.GetText("activityHandling") != "NO_INTERRUPTION",
            TranscribesInput = setup.Has("inputAudioTranscription"),
            TranscribesOutput = setup.Has("outputAudioTranscription"),
            WantsHandles = setup.Has("sessionResumption"),
            Handle = setup.Get("sessionResumption").GetText("handle"),
            SeedsHistory = setup.Get("historyConfig").GetBool("initialHistoryInClientContent"),
            BlockingFunctions = ReadBlockingFunctions(setup.GetElements("tools"), family),
            PromptTokens = setup.GetRawText().Length / 4,
        };
    }

    /// <summary>The functions of these tools that block: the declared ones, and where none is declared the family's default (3.1 always blocks).</summary>
    public static IReadOnlySet<string> ReadBlockingFunctions(IEnumerable<JsonElement> tools, ModelFamily family)
    {
        var blocksByDefault = family is ModelFamily.NativeAudio25 or ModelFamily.Live31;
        return tools.SelectMany(tool => tool.GetElements("functionDeclarations"))
            .Where(function => function.GetText("behavior") switch
            {
                "BLOCKING" => true,
                "NON_BLOCKING" => family == ModelFamily.Live31,
                _ => blocksByDefault,
            })
            .Select(function => function.GetText("name"))
            .ToHashSet(StringComparer.Ordinal);
    }

    private static ActivitySettings? ReadDetection(JsonElement detection) => detection.GetBool("disabled")
        ? null
        : ActivitySettings.From(
            detection.GetText("startOfSpeechSensitivity") == "START_SENSITIVITY_LOW",
            detection.GetText("endOfSpeechSensitivity") == "END_SENSITIVITY_LOW",
            (int?)detection.GetNumber("prefixPaddingMs"),
            (int?)detection.GetNumber("silenceDurationMs"));
}
