namespace GeminiLive;

/// <summary>One place to connect to as the configuration describes it: which service, where, with what credentials, and what is asked of it there.</summary>
public class LiveTargetOptions : LiveSessionSettings
{
    /// <summary><c>DeveloperApi</c> (Gemini API, key) or <c>Vertex</c> (Google Cloud, OAuth).</summary>
    public string? Backend { get; set; }

    /// <summary>Version in the service's path; null takes the usual one: <c>v1beta</c>, <c>v1alpha</c> with an ephemeral token, <c>v1beta1</c> on Vertex.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>Base address (<c>wss://host</c>, to which the service's path is added) or a whole address; <c>ws://</c> for a simulated server; null is the backend's own.</summary>
    public string? Endpoint { get; set; }

    /// <summary>API key. On the Developer API, when absent, <c>GEMINI_API_KEY</c> and then <c>GOOGLE_API_KEY</c> are taken; on Vertex it means express mode.</summary>
    public string? ApiKey { get; set; }

    /// <summary>A token such as <c>auth_tokens/...</c> in place of the key; Developer API only.</summary>
    public string? EphemeralToken { get; set; }

    /// <summary>Google Cloud project; Vertex only. When absent, <c>GOOGLE_CLOUD_PROJECT</c> is taken.</summary>
    public string? Project { get; set; }

    /// <summary>Google Cloud region such as <c>europe-west4</c>, or <c>global</c>, <c>us</c>, <c>eu</c>; Vertex only. When absent, <c>GOOGLE_CLOUD_LOCATION</c> is taken.</summary>
    public string? Location { get; set; }

    /// <summary>JSON file of a service account or user to sign in with on Vertex; null takes the application-default credentials.</summary>
    public string? CredentialsFile { get; set; }
}

/// <summary>A place to go when the ones before it cannot serve; it takes over from section <c>Live</c> what it does not say.</summary>
/// <remarks>Address, version and credentials are taken over only when the backend is the same. Settings that its model does not have are left out, unless it says them itself.</remarks>
public sealed class LiveFallbackOptions : LiveTargetOptions;

/// <summary>What a model can do, where it differs from what is built in; null keeps what the family has.</summary>
public sealed class LiveProfileOptions
{
    /// <summary>Family that the model belongs to: a name of <see cref="LiveModelFamily"/>.</summary>
    public string? Family { get; set; }

    /// <summary><c>None</c>, <c>Budget</c>, <c>Level</c>.</summary>
    public string? Thinking { get; set; }

    /// <summary>Whether affective dialog can be asked for.</summary>
    public bool? AffectiveDialog { get; set; }

    /// <summary>Whether proactive audio can be asked for.</summary>
    public bool? ProactiveAudio { get; set; }

    /// <summary>Whether it can answer with text.</summary>
    public bool? TextResponse { get; set; }

    /// <summary>Whether a function's <c>behavior</c> may be named.</summary>
    public bool? DeclaresBehavior { get; set; }

    /// <summary>Whether functions can make it wait.</summary>
    public bool? BlockingTools { get; set; }

    /// <summary>Whether functions can run while it goes on talking.</summary>
    public bool? AsyncTools { get; set; }

    /// <summary>Whether a result may say when it is spoken.</summary>
    public bool? Scheduling { get; set; }

    /// <summary>Whether Google Search works.</summary>
    public bool? GoogleSearch { get; set; }

    /// <summary>Whether Google Search goes together with functions.</summary>
    public bool? SearchWithFunctions { get; set; }

    /// <summary>Whether code execution works.</summary>
    public bool? CodeExecution { get; set; }

    /// <summary>Whether URL context works.</summary>
    public bool? UrlContext { get; set; }

    /// <summary>How written input goes: <c>RealtimeText</c> or <c>ClientContent</c>.</summary>
    public string? TextInput { get; set; }

    /// <summary>Whether <c>realtimeInput.text</c> is taken at all.</summary>
    public bool? RealtimeText { get; set; }

    /// <summary>Whether caller audio waits while a function call is open.</summary>
    public bool? HoldAudioDuringCalls { get; set; }

    /// <summary>How an earlier conversation is handed over: <c>HistoryConfig</c> or <c>ClientContent</c>.</summary>
    public string? HistorySeeding { get; set; }

    /// <summary>Whether instructions and functions can be changed during the session.</summary>
    public bool? ContextUpdate { get; set; }

    /// <summary>Whether transcription takes language codes.</summary>
    public bool? TranscriptionLanguages { get; set; }

    /// <summary>Whether transcription takes a vocabulary.</summary>
    public bool? TranscriptionVocabulary { get; set; }

    /// <summary>Size of the context window, in tokens.</summary>
    public int? ContextTokens { get; set; }

    /// <summary>Names of its voices; empty keeps what the family has.</summary>
    public List<string> Voices { get; set; } = [];

    /// <summary>Codes that it takes as <c>LanguageCode</c>; empty keeps what the family has.</summary>
    public List<string> LanguageCodes { get; set; } = [];
}
