namespace GeminiLive.Configuration;

/// <summary>Model id -> what is known about it: family, who serves it, and whether it still is a model to talk to.</summary>
internal static class ModelCatalog
{
    private const string ShutDown = "was shut down on 2025-12-09";

    private static readonly KnownModel[] Models =
    [
        new("gemini-3.8-live", LiveModelFamily.Live38),
        new("gemini-3.8-live-extended-thinking", LiveModelFamily.ExtendedThinking38),
        new("gemini-3.1-flash-live-preview", LiveModelFamily.Live31, LiveBackend.DeveloperApi),
        new("gemini-2.5-flash-native-audio-preview-12-2025", LiveModelFamily.NativeAudio25, LiveBackend.DeveloperApi) { HoldsAudioDuringCalls = true },
        new("gemini-2.5-flash-native-audio-preview-09-2025", LiveModelFamily.NativeAudio25, LiveBackend.DeveloperApi),
        new("gemini-2.5-flash-native-audio-latest", LiveModelFamily.NativeAudio25, LiveBackend.DeveloperApi) { HoldsAudioDuringCalls = true },
        new("gemini-live-2.5-flash-native-audio", LiveModelFamily.NativeAudio25, LiveBackend.Vertex),
        new("gemini-live-2.5-flash", LiveModelFamily.HalfCascade25, LiveBackend.Vertex),
        Unusable("gemini-3.5-live-translate-preview", "translates speech and holds no conversation"),
        Unusable("gemini-3.5-transcribe-live", "only writes down what it hears"),
        Unusable("gemini-robotics-er-2-streaming-preview", "answers in text only"),
        Unusable("gemini-live-2.5-flash-preview", ShutDown),
        Unusable("gemini-2.0-flash-live-001", ShutDown),
        Unusable("gemini-2.0-flash-live-preview-04-09", "is no longer served"),
        Unusable("gemini-2.5-flash-preview-native-audio-dialog", "is no longer served"),
        Unusable("gemini-2.5-flash-exp-native-audio-thinking-dialog", "is no longer served"),
        Unusable("gemini-2.0-flash-exp", "is no longer served"),
    ];

    // Later editions of a known family carry its name and a suffix; the longest beginning counts.
    private static readonly (string Prefix, LiveModelFamily Family)[] Families =
    [
        ("gemini-3.8-live-extended-thinking", LiveModelFamily.ExtendedThinking38),
        ("gemini-live-2.5-flash-native-audio", LiveModelFamily.NativeAudio25),
        ("gemini-2.5-flash-native-audio", LiveModelFamily.NativeAudio25),
        ("gemini-3.1-flash-live", LiveModelFamily.Live31),
        ("gemini-3.8-live", LiveModelFamily.Live38),
    ];

    /// <summary>What is known about a model.</summary>
    /// <returns>Null for a name that says nothing.</returns>
    public static KnownModel? Find(string id) =>
        Array.Find(Models, model => model.Id == id)
        ?? (from family in Families where id.StartsWith(family.Prefix, StringComparison.Ordinal) select new KnownModel(id, family.Family)).FirstOrDefault();

    /// <summary>Id of a model that may be written as a resource name.</summary>
    public static string IdOf(string model) => model[(model.LastIndexOf('/') + 1)..];

    private static KnownModel Unusable(string id, string reason) => new(id, LiveModelFamily.Live38, Only: null, reason);
}

/// <summary>One model of the catalog.</summary>
/// <param name="Id">Its name without <c>models/</c>.</param>
/// <param name="Family">What it can do.</param>
/// <param name="Only">The only backend that serves it; null when both do, or nobody knows.</param>
/// <param name="Unusable">Why nobody can talk to it; null when one can.</param>
internal sealed record KnownModel(string Id, LiveModelFamily Family, LiveBackend? Only = null, string? Unusable = null)
{
    /// <summary>Caller audio beside an open call was seen to end the session with 1008 (protocol reference, 9.1).</summary>
    public bool HoldsAudioDuringCalls { get; init; }
}
