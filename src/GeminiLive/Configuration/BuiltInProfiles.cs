namespace GeminiLive.Configuration;

/// <summary>The capability table of the Live API: what each model family can do on each backend and version.</summary>
internal static class BuiltInProfiles
{
    private static readonly string[] HalfCascadeVoices = ["Puck", "Charon", "Kore", "Fenrir", "Aoede", "Leda", "Orus", "Zephyr"];

    /// <summary>The row of a family.</summary>
    public static LiveModelProfile For(LiveModelFamily family, LiveBackend backend, string apiVersion)
    {
        var isVertex = backend == LiveBackend.Vertex;
        var profile = family switch
        {
            LiveModelFamily.NativeAudio25 => NativeAudio25(isVertex, hasPreviews: isVertex || apiVersion == "v1alpha"),
            LiveModelFamily.HalfCascade25 => HalfCascade25,
            LiveModelFamily.Live31 => Live31(isVertex),
            LiveModelFamily.ExtendedThinking38 => ExtendedThinking38,
            _ => new LiveModelProfile { SupportsContextUpdate = isVertex, SupportsTranscriptionVocabulary = isVertex },
        };
        return profile with
        {
            SupportsTransparentResumption = isVertex,
            SupportsSafetyMethod = isVertex,
            SupportsContinuedResponses = profile.SupportsAsyncTools && !isVertex,
        };
    }

    private static LiveModelProfile NativeAudio25(bool isVertex, bool hasPreviews) => new()
    {
        Family = LiveModelFamily.NativeAudio25,
        Thinking = LiveThinking.Budget,
        AffectiveDialog = hasPreviews ? LiveAvailability.OnRequest : LiveAvailability.Missing,
        ProactiveAudio = hasPreviews ? LiveAvailability.OnRequest : LiveAvailability.Missing,
        SupportsSearchWithFunctions = false,
        SupportsTranscriptionLanguages = !isVertex,
        SupportsRealtimeText = !isVertex,
    };

    private static LiveModelProfile HalfCascade25 { get; } = new()
    {
        Family = LiveModelFamily.HalfCascade25,
        AffectiveDialog = LiveAvailability.Missing,
        ProactiveAudio = LiveAvailability.Missing,
        DeclaresBehavior = false,
        SupportsAsyncTools = false,
        SupportsScheduling = false,
        SupportsGoogleSearch = false,
        SupportsSearchWithFunctions = false,
        SupportsTranscriptionLanguages = false,
        SupportsRealtimeText = false,
        ContextTokens = 32_768,
        Voices = HalfCascadeVoices,
    };

    private static LiveModelProfile Live31(bool isVertex) => new()
    {
        Family = LiveModelFamily.Live31,
        Thinking = LiveThinking.Level,
        ThinkingLevels = ["MINIMAL", "LOW", "MEDIUM", "HIGH"],
        AffectiveDialog = LiveAvailability.Missing,
        ProactiveAudio = LiveAvailability.Missing,
        DeclaresBehavior = false,
        SupportsAsyncTools = false,
        SupportsScheduling = false,
        TextInput = LiveTextInput.RealtimeText,
        HistorySeeding = isVertex ? LiveHistorySeeding.ClientContent : LiveHistorySeeding.HistoryConfig,
    };

    private static LiveModelProfile ExtendedThinking38 { get; } = new()
    {
        Family = LiveModelFamily.ExtendedThinking38,
        Thinking = LiveThinking.Level,
        ThinkingLevels = ["LOW", "MEDIUM", "HIGH"],
        RequiredThinkingLevel = "LOW",
        SupportsBlockingTools = false,
        SupportsScheduling = false,
    };
}
