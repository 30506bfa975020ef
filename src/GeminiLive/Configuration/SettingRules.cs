namespace GeminiLive.Configuration;

/// <summary>The session settings that not every model has, and when each of them is legal: the capability table, read as rules.</summary>
internal static class SettingRules
{
    private static readonly SettingRule[] Rules =
    [
        new("Voice", s => s.Voice, (s, p) => p.Voices.Contains(s.Voice!), p => $"this model speaks with {string.Join(", ", p.Voices)}", s => s.Voice = null),
        new("LanguageCode", s => s.LanguageCode, (s, p) => p.LanguageCodes.Contains(s.LanguageCode!),
            p => $"leave it out and name the language in the instructions, or use one of {string.Join(", ", p.LanguageCodes)}", s => s.LanguageCode = null),
        new("ResponseModality", s => s.ResponseModality, (s, p) => WireName.Short("", s.ResponseModality!) == "AUDIO" || p.SupportsTextResponse,
            _ => "this model answers in AUDIO only; its words come as output transcription", s => s.ResponseModality = "AUDIO"),
        new("Thinking:Budget", s => s.Thinking.Budget, (_, p) => p.Thinking == LiveThinking.Budget, ThinkingRemedy, s => s.Thinking.Budget = null),
        new("Thinking:Level", s => s.Thinking.Level, (s, p) => p.ThinkingLevels.Contains(WireName.Short("", s.Thinking.Level!)), ThinkingRemedy, s => s.Thinking.Level = null),
        new("Thinking:IncludeThoughts", s => s.Thinking.IncludeThoughts, (_, p) => p.Thinking != LiveThinking.None, ThinkingRemedy, s => s.Thinking.IncludeThoughts = null),
        new("AffectiveDialog", s => s.AffectiveDialog, (s, p) => IsAvailable(s.AffectiveDialog, p.AffectiveDialog),
            p => TraitRemedy(p, p.AffectiveDialog, "affective dialog"), s => s.AffectiveDialog = null),
        new("ProactiveAudio", s => s.ProactiveAudio, (s, p) => IsAvailable(s.ProactiveAudio, p.ProactiveAudio),
            p => TraitRemedy(p, p.ProactiveAudio, "proactive audio"), s => s.ProactiveAudio = null),
        new("InputTranscription:LanguageCodes", s => s.InputTranscription.LanguageCodes, (_, p) => p.SupportsTranscriptionLanguages,
            _ => "this model recognises the language by itself; leave the list empty", s => s.InputTranscription.LanguageCodes = []),
        new("OutputTranscription:LanguageCodes", s => s.OutputTranscription.LanguageCodes, (_, p) => p.SupportsTranscriptionLanguages,
            _ => "this model recognises the language by itself; leave the list empty", s => s.OutputTranscription.LanguageCodes = []),
        new("InputTranscription:CustomVocabulary", s => s.InputTranscription.CustomVocabulary, (_, p) => p.SupportsTranscriptionVocabulary,
            _ => "only 3.8 on Vertex takes a vocabulary; leave the list empty", s => s.InputTranscription.CustomVocabulary = []),
        new("OutputTranscription:CustomVocabulary", s => s.OutputTranscription.CustomVocabulary, (_, p) => p.SupportsTranscriptionVocabulary,
            _ => "only 3.8 on Vertex takes a vocabulary; leave the list empty", s => s.OutputTranscription.CustomVocabulary = []),
        new("GoogleSearch", s => s.GoogleSearch, (s, p) => s.GoogleSearch == false || p.SupportsGoogleSearch, _ => "this model cannot search; leave it out", s => s.GoogleSearch = null),
        new("CodeExecution", s => s.CodeExecution, (s, p) => s.CodeExecution == false || p.SupportsCodeExecution,
            _ => "no current speech model runs code; leave it out", s => s.CodeExecution = null),
        new("UrlContext", s => s.UrlContext, (s, p) => s.UrlContext == false || p.SupportsUrlContext,
            _ => "no current speech model reads pages; leave it out", s => s.UrlContext = null),
        new("SafetySettings", s => s.SafetySettings.Find(safety => !string.IsNullOrEmpty(safety.Method))?.Method, (_, p) => p.SupportsSafetyMethod,
            _ => "a Method exists on Vertex only; leave it out", s => s.SafetySettings = [.. s.SafetySettings.Select(WithoutMethod)]),
        new("ContextCompression:TriggerTokens", s => s.ContextCompression.TriggerTokens, (s, p) => s.ContextCompression.TriggerTokens <= p.ContextTokens,
            p => $"this model's context holds {p.ContextTokens} tokens; use less", s => (s.ContextCompression.TriggerTokens, s.ContextCompression.TargetTokens) = (null, null)),
        new("ContextCompression:TargetTokens", s => s.ContextCompression.TargetTokens, (s, _) => !(s.ContextCompression.TargetTokens >= s.ContextCompression.TriggerTokens),
            _ => "use less than ContextCompression:TriggerTokens", s => s.ContextCompression.TargetTokens = null),
        new("TransparentResumption", s => s.TransparentResumption, (s, p) => s.TransparentResumption == false || p.SupportsTransparentResumption,
            _ => "it exists on Vertex only; leave it out", s => s.TransparentResumption = null),
    ];

    /// <summary>Settings that say what the model does not have.</summary>
    public static IEnumerable<SettingFault> Faults(LiveSessionSettings settings, LiveModelProfile profile) =>
        from rule in Rules
        where rule.IsSaid(settings) && !rule.IsLegal(settings, profile)
        select new SettingFault(rule.Key, rule.Text(settings), rule.Remedy(profile));

    /// <summary>Keys of those of these settings that say anything.</summary>
    public static IReadOnlySet<string> Said(LiveSessionSettings settings)
    {
        var said = Rules.Where(rule => rule.IsSaid(settings)).Select(rule => rule.Key).ToHashSet(StringComparer.Ordinal);
        // Who changes the one answers for the other, too.
        if (settings.ContextCompression.TriggerTokens is not null)
            said.Add("ContextCompression:TargetTokens");
        return said;
    }

    /// <summary>A copy that says only what the model has.</summary>
    public static LiveSessionSettings WithoutIllegal(LiveSessionSettings settings, LiveModelProfile profile)
    {
        var copy = settings.Over(new LiveSessionSettings());
        foreach (var rule in Rules.Where(rule => rule.IsSaid(copy) && !rule.IsLegal(copy, profile)))
            rule.Clear(copy);
        return copy;
    }

    private static bool IsAvailable(bool? wish, LiveAvailability trait) =>
        trait == LiveAvailability.OnRequest || (wish == false && trait == LiveAvailability.Missing);

    private static string ThinkingRemedy(LiveModelProfile profile) => profile.Thinking switch
    {
        LiveThinking.Budget => "this model takes Thinking:Budget (0 off, -1 automatic), not a level",
        LiveThinking.Level => $"this model takes Thinking:Level, one of {string.Join(", ", profile.ThinkingLevels)}",
        _ => "this model takes no thinking settings; leave them out",
    };

    private static string TraitRemedy(LiveModelProfile profile, LiveAvailability trait, string name) => trait == LiveAvailability.BuiltIn
        ? $"{name} is always on in this model; leave it out"
        : profile.Family == LiveModelFamily.NativeAudio25 ? $"{name} needs ApiVersion v1alpha" : $"this model has no {name}; leave it out";

    private static SafetySettings WithoutMethod(SafetySettings safety) => new() { Category = safety.Category, Threshold = safety.Threshold };
}

/// <summary>One setting and when it is legal.</summary>
/// <param name="Key">Its key below <c>Live</c> or the agent.</param>
/// <param name="Value">What it says; null, an empty text or an empty list is nothing.</param>
/// <param name="IsLegal">Asked only when it says something.</param>
/// <param name="Remedy">What to do instead.</param>
/// <param name="Clear">Takes it out.</param>
internal sealed record SettingRule(
    string Key, Func<LiveSessionSettings, object?> Value, Func<LiveSessionSettings, LiveModelProfile, bool> IsLegal,
    Func<LiveModelProfile, string> Remedy, Action<LiveSessionSettings> Clear)
{
    /// <summary>Whether the setting says anything.</summary>
    public bool IsSaid(LiveSessionSettings settings) => Value(settings) is not (null or "" or System.Collections.ICollection { Count: 0 });

    /// <summary>What it says, for a message.</summary>
    public string Text(LiveSessionSettings settings) => Value(settings) switch
    {
        IEnumerable<string> list => string.Join(", ", list),
        bool on => on ? "true" : "false",
        var value => value?.ToString() ?? "",
    };
}

/// <summary>A setting that cannot be used, in words.</summary>
/// <param name="Key">Its key below <c>Live</c> or the agent.</param>
/// <param name="Value">What it says.</param>
/// <param name="Remedy">What is allowed, or what to do instead.</param>
internal sealed record SettingFault(string Key, string Value, string Remedy);
