namespace GeminiLive;

/// <summary>What a model can do on a backend and which fields its setup may hold; an illegal field would close the session.</summary>
/// <remarks>Immutable. Built in for the known families, and changed by <c>Live:Profiles</c>; the defaults here are those of 3.8, the current stable family.</remarks>
public sealed record LiveModelProfile
{
    /// <summary>Family that the rest follows from.</summary>
    public LiveModelFamily Family { get; init; } = LiveModelFamily.Live38;

    /// <summary>What may be said about thinking.</summary>
    public LiveThinking Thinking { get; init; }

    /// <summary>Levels that <c>thinkingLevel</c> may have.</summary>
    public IReadOnlyList<string> ThinkingLevels { get; init; } = [];

    /// <summary>Level that must be sent when none is configured; null sends none.</summary>
    public string? RequiredThinkingLevel { get; init; }

    /// <summary>Whether <c>enableAffectiveDialog</c> can be asked for, is built in, or does not exist.</summary>
    public LiveAvailability AffectiveDialog { get; init; }

    /// <summary>Whether <c>proactivity</c> can be asked for, is built in, or does not exist.</summary>
    public LiveAvailability ProactiveAudio { get; init; }

    /// <summary>Whether <c>TEXT</c> may be asked for in place of <c>AUDIO</c>.</summary>
    public bool SupportsTextResponse { get; init; }

    /// <summary>Whether a function declaration names its <c>behavior</c>; 3.1 wants it left out.</summary>
    public bool DeclaresBehavior { get; init; } = true;

    /// <summary>Whether <c>BLOCKING</c> functions are taken.</summary>
    public bool SupportsBlockingTools { get; init; } = true;

    /// <summary>Whether <c>NON_BLOCKING</c> functions really let the model go on talking.</summary>
    public bool SupportsAsyncTools { get; init; } = true;

    /// <summary>Whether <c>functionResponses[].scheduling</c> is followed.</summary>
    public bool SupportsScheduling { get; init; } = true;

    /// <summary>Whether a function may answer more than once (<c>willContinue</c>).</summary>
    public bool SupportsContinuedResponses { get; init; } = true;

    /// <summary>Whether Google Search may be declared.</summary>
    public bool SupportsGoogleSearch { get; init; } = true;

    /// <summary>Whether Google Search and functions may be declared together.</summary>
    public bool SupportsSearchWithFunctions { get; init; } = true;

    /// <summary>Whether <c>codeExecution</c> may be declared.</summary>
    public bool SupportsCodeExecution { get; init; }

    /// <summary>Whether <c>urlContext</c> may be declared.</summary>
    public bool SupportsUrlContext { get; init; }

    /// <summary>How written input that asks for an answer goes.</summary>
    public LiveTextInput TextInput { get; init; } = LiveTextInput.ClientContent;

    /// <summary>Whether <c>realtimeInput.text</c> is taken at all; 2.5 on Vertex closes on it.</summary>
    public bool SupportsRealtimeText { get; init; } = true;

    /// <summary>Whether caller audio has to wait while a function call is open; the one model that needs it may close on such audio.</summary>
    public bool HoldsAudioDuringCalls { get; init; }

    /// <summary>How an earlier conversation is handed over.</summary>
    public LiveHistorySeeding HistorySeeding { get; init; } = LiveHistorySeeding.ClientContent;

    /// <summary>Whether <c>contextUpdate</c> is taken.</summary>
    public bool SupportsContextUpdate { get; init; }

    /// <summary>Whether transcription takes <c>languageCodes</c>.</summary>
    public bool SupportsTranscriptionLanguages { get; init; } = true;

    /// <summary>Whether transcription takes <c>customVocabulary</c>.</summary>
    public bool SupportsTranscriptionVocabulary { get; init; }

    /// <summary>Whether <c>sessionResumption.transparent</c> is taken.</summary>
    public bool SupportsTransparentResumption { get; init; }

    /// <summary>Whether a safety setting may name its <c>method</c>.</summary>
    public bool SupportsSafetyMethod { get; init; }

    /// <summary>Size of the context window, in tokens.</summary>
    public int ContextTokens { get; init; } = 131_072;

    /// <summary>Prebuilt voices; names are case-sensitive.</summary>
    public IReadOnlyList<string> Voices { get; init; } = LiveVoices.All;

    /// <summary>Codes taken as <c>speechConfig.languageCode</c>.</summary>
    public IReadOnlyList<string> LanguageCodes { get; init; } = LiveLanguages.All;

    /// <summary>Whether a setting could be a model's name.</summary>
    internal static bool IsModelId(string? model) => !string.IsNullOrEmpty(model) && !model.Any(char.IsWhiteSpace);
}

/// <summary>Model families that differ on the wire.</summary>
public enum LiveModelFamily
{
    /// <summary>2.5 native audio.</summary>
    NativeAudio25,

    /// <summary>2.5 half-cascade on Vertex.</summary>
    HalfCascade25,

    /// <summary>3.1 flash live.</summary>
    Live31,

    /// <summary>3.8 live.</summary>
    Live38,

    /// <summary>3.8 live with extended thinking.</summary>
    ExtendedThinking38,
}

/// <summary>What a model lets one say about its thinking.</summary>
public enum LiveThinking
{
    /// <summary>Nothing: <c>thinkingConfig</c> must be absent.</summary>
    None,

    /// <summary><c>thinkingBudget</c>.</summary>
    Budget,

    /// <summary><c>thinkingLevel</c>.</summary>
    Level,
}

/// <summary>How a model has a trait.</summary>
public enum LiveAvailability
{
    /// <summary>Always on; the field must be absent.</summary>
    BuiltIn,

    /// <summary>On when asked for.</summary>
    OnRequest,

    /// <summary>Not there; the field must be absent.</summary>
    Missing,
}

/// <summary>Message that carries written input.</summary>
public enum LiveTextInput
{
    /// <summary><c>clientContent</c> with a finished user turn.</summary>
    ClientContent,

    /// <summary><c>realtimeInput.text</c>.</summary>
    RealtimeText,
}

/// <summary>Way of handing over an earlier conversation.</summary>
public enum LiveHistorySeeding
{
    /// <summary><c>clientContent</c> after the setup, which may wait for the caller.</summary>
    ClientContent,

    /// <summary><c>historyConfig</c> in the setup, then <c>clientContent</c> up to <c>turnComplete</c>; no answer follows, and nothing else may be sent before.</summary>
    HistoryConfig,
}
