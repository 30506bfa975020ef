namespace GeminiLive.Configuration;

/// <summary>Lays an agent's or a fallback's <see cref="LiveSessionSettings"/> over those of the section <c>Live</c>: what is not said above comes from below.</summary>
internal static class SettingsMerge
{
    /// <summary>A new object; both given ones stay as they are.</summary>
    public static LiveSessionSettings Over(this LiveSessionSettings above, LiveSessionSettings below) => new()
    {
        Model = Said(above.Model, below.Model),
        Voice = Said(above.Voice, below.Voice),
        LanguageCode = Said(above.LanguageCode, below.LanguageCode),
        Temperature = above.Temperature ?? below.Temperature,
        TopP = above.TopP ?? below.TopP,
        TopK = above.TopK ?? below.TopK,
        MaxOutputTokens = above.MaxOutputTokens ?? below.MaxOutputTokens,
        Seed = above.Seed ?? below.Seed,
        SafetySettings = Said(above.SafetySettings, below.SafetySettings),
        ResponseModality = Said(above.ResponseModality, below.ResponseModality),
        Thinking = Over(above.Thinking, below.Thinking),
        AffectiveDialog = above.AffectiveDialog ?? below.AffectiveDialog,
        ProactiveAudio = above.ProactiveAudio ?? below.ProactiveAudio,
        MediaResolution = Said(above.MediaResolution, below.MediaResolution),
        ActivityDetection = Over(above.ActivityDetection, below.ActivityDetection),
        InputTranscription = Over(above.InputTranscription, below.InputTranscription),
        OutputTranscription = Over(above.OutputTranscription, below.OutputTranscription),
        GoogleSearch = above.GoogleSearch ?? below.GoogleSearch,
        CodeExecution = above.CodeExecution ?? below.CodeExecution,
        UrlContext = above.UrlContext ?? below.UrlContext,
        ContextCompression = Over(above.ContextCompression, below.ContextCompression),
        Resumption = above.Resumption ?? below.Resumption,
        TransparentResumption = above.TransparentResumption ?? below.TransparentResumption,
    };

    private static ThinkingSettings Over(ThinkingSettings above, ThinkingSettings below) => new()
    {
        Budget = above.Budget ?? below.Budget,
        Level = Said(above.Level, below.Level),
        IncludeThoughts = above.IncludeThoughts ?? below.IncludeThoughts,
    };

    private static ActivityDetectionSettings Over(ActivityDetectionSettings above, ActivityDetectionSettings below) => new()
    {
        Mode = Said(above.Mode, below.Mode),
        StartSensitivity = Said(above.StartSensitivity, below.StartSensitivity),
        EndSensitivity = Said(above.EndSensitivity, below.EndSensitivity),
        PrefixPaddingMs = above.PrefixPaddingMs ?? below.PrefixPaddingMs,
        SilenceDurationMs = above.SilenceDurationMs ?? below.SilenceDurationMs,
        ActivityHandling = Said(above.ActivityHandling, below.ActivityHandling),
        TurnCoverage = Said(above.TurnCoverage, below.TurnCoverage),
    };

    private static TranscriptionSettings Over(TranscriptionSettings above, TranscriptionSettings below) => new()
    {
        Enabled = above.Enabled ?? below.Enabled,
        LanguageCodes = Said(above.LanguageCodes, below.LanguageCodes),
        CustomVocabulary = Said(above.CustomVocabulary, below.CustomVocabulary),
    };

    private static CompressionSettings Over(CompressionSettings above, CompressionSettings below) => new()
    {
        Enabled = above.Enabled ?? below.Enabled,
        TriggerTokens = above.TriggerTokens ?? below.TriggerTokens,
        TargetTokens = above.TargetTokens ?? below.TargetTokens,
    };

    private static string? Said(string? above, string? below) => string.IsNullOrEmpty(above) ? below : above;

    private static List<T> Said<T>(List<T> above, List<T> below) => [.. above.Count > 0 ? above : below];
}
