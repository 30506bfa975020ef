namespace GeminiLive.Configuration;

/// <summary>Model id -> <see cref="LiveModelProfile"/>: what is built in for its family, changed by what <c>Live:Profiles</c> says of it.</summary>
/// <param name="overrides">By model id, or by a beginning that ends in <c>*</c>; the exact name counts first, then the longest beginning.</param>
internal sealed class ModelProfiles(IReadOnlyDictionary<string, LiveProfileOptions> overrides)
{
    /// <summary>The profile of a model on a backend and version.</summary>
    public LiveModelProfile For(string model, LiveBackend backend, string apiVersion)
    {
        var id = ModelCatalog.IdOf(model);
        var said = OverrideFor(id);
        var family = Enum.TryParse<LiveModelFamily>(said?.Family, ignoreCase: true, out var named) ? named
            : ModelCatalog.Find(id)?.Family ?? LiveModelFamily.Live38;
        var profile = BuiltInProfiles.For(family, backend, apiVersion) with { HoldsAudioDuringCalls = ModelCatalog.Find(id)?.HoldsAudioDuringCalls == true };
        return said is null ? profile : Apply(said, profile);
    }

    /// <summary>Whether neither the catalog nor the configuration knows the model, so that it is taken for one of the current stable family.</summary>
    public bool IsUnknown(string model) => ModelCatalog.IdOf(model) is var id && ModelCatalog.Find(id) is null && OverrideFor(id) is null;

    /// <summary>What the configuration says of a model.</summary>
    public LiveProfileOptions? OverrideFor(string id) =>
        (from entry in overrides where Matches(entry.Key, id) orderby entry.Key.EndsWith('*'), entry.Key.Length descending select entry.Value).FirstOrDefault();

    private static bool Matches(string pattern, string id) =>
        pattern.EndsWith('*') ? id.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern.Equals(id, StringComparison.OrdinalIgnoreCase);

    private static LiveModelProfile Apply(LiveProfileOptions said, LiveModelProfile profile)
    {
        var thinking = Enum.TryParse<LiveThinking>(said.Thinking, ignoreCase: true, out var named) ? named : profile.Thinking;
        return profile with
        {
            Thinking = thinking,
            ThinkingLevels = thinking != LiveThinking.Level ? [] : profile.ThinkingLevels.Count > 0 ? profile.ThinkingLevels : ["MINIMAL", "LOW", "MEDIUM", "HIGH"],
            RequiredThinkingLevel = thinking == LiveThinking.Level ? profile.RequiredThinkingLevel : null,
            AffectiveDialog = Availability(said.AffectiveDialog, profile.AffectiveDialog),
            ProactiveAudio = Availability(said.ProactiveAudio, profile.ProactiveAudio),
            SupportsTextResponse = said.TextResponse ?? profile.SupportsTextResponse,
            DeclaresBehavior = said.DeclaresBehavior ?? profile.DeclaresBehavior,
            SupportsBlockingTools = said.BlockingTools ?? profile.SupportsBlockingTools,
            SupportsAsyncTools = said.AsyncTools ?? profile.SupportsAsyncTools,
            SupportsScheduling = said.Scheduling ?? profile.SupportsScheduling,
            SupportsGoogleSearch = said.GoogleSearch ?? profile.SupportsGoogleSearch,
            SupportsSearchWithFunctions = said.SearchWithFunctions ?? profile.SupportsSearchWithFunctions,
            SupportsCodeExecution = said.CodeExecution ?? profile.SupportsCodeExecution,
            SupportsUrlContext = said.UrlContext ?? profile.SupportsUrlContext,
            TextInput = Enum.TryParse<LiveTextInput>(said.TextInput, ignoreCase: true, out var input) ? input : profile.TextInput,
            SupportsRealtimeText = said.RealtimeText ?? profile.SupportsRealtimeText,
            HoldsAudioDuringCalls = said.HoldAudioDuringCalls ?? profile.HoldsAudioDuringCalls,
            HistorySeeding = Enum.TryParse<LiveHistorySeeding>(said.HistorySeeding, ignoreCase: true, out var seeding) ? seeding : profile.HistorySeeding,
            SupportsContextUpdate = said.ContextUpdate ?? profile.SupportsContextUpdate,
            SupportsTranscriptionLanguages = said.TranscriptionLanguages ?? profile.SupportsTranscriptionLanguages,
            SupportsTranscriptionVocabulary = said.TranscriptionVocabulary ?? profile.SupportsTranscriptionVocabulary,
            ContextTokens = said.ContextTokens ?? profile.ContextTokens,
            Voices = said.Voices.Count > 0 ? said.Voices : profile.Voices,
            LanguageCodes = said.LanguageCodes.Count > 0 ? said.LanguageCodes : profile.LanguageCodes,
        };
    }

    private static LiveAvailability Availability(bool? said, LiveAvailability builtIn) =>
        said is null ? builtIn : said.Value ? LiveAvailability.OnRequest : LiveAvailability.Missing;
}
