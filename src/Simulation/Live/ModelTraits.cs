using Simulation.Live.Connections;

namespace Simulation.Live;

/// <summary>How a model takes a setting.</summary>
internal enum Taking
{
    Taken,

    /// <summary>Closed with 1007.</summary>
    Refused,

    /// <summary>The setup gets no answer at all.</summary>
    NeverAnswered,

    /// <summary>Always on: switching it off is refused.</summary>
    AlwaysOn,
}

/// <summary>Which thinking setting a model has.</summary>
internal enum ThinkingField
{
    None,
    Budget,
    Level,
    RequiredLevel,
}

/// <summary>What a model takes and how it behaves on one service and version: the capability table of the Live API, a member a row.</summary>
internal sealed record ModelTraits(ModelFamily Family, LiveRoute Route)
{
    private bool Is25 => Family == ModelFamily.NativeAudio25;

    private bool Is31 => Family == ModelFamily.Live31;

    private bool IsThinking38 => Family == ModelFamily.ExtendedThinking38;

    private bool Is38OnVertex => Family == ModelFamily.Live38 && IsVertex;

    public bool IsVertex => Route.Backend == LiveBackend.Vertex;

    public ThinkingField Thinking => Family switch
    {
        ModelFamily.NativeAudio25 => ThinkingField.Budget,
        ModelFamily.Live31 => ThinkingField.Level,
        ModelFamily.ExtendedThinking38 => ThinkingField.RequiredLevel,
        _ => ThinkingField.None,
    };

    public Taking AffectiveDialog => Family switch
    {
        ModelFamily.NativeAudio25 => IsVertex || Route.ApiVersion == "v1alpha" ? Taking.Taken : Taking.Refused,
        ModelFamily.Live31 => Taking.NeverAnswered,
        _ => Is38OnVertex ? Taking.AlwaysOn : Taking.Refused,
    };

    public Taking Proactivity => Family switch
    {
        ModelFamily.NativeAudio25 => IsVertex || Route.ApiVersion == "v1alpha" ? Taking.Taken : Taking.Refused,
        ModelFamily.Live31 => Taking.NeverAnswered,
        _ => Taking.AlwaysOn,
    };

    /// <summary>Functions without <c>behavior</c> block.</summary>
    public bool BlocksByDefault => Is25 || Is31;

    /// <summary><c>NON_BLOCKING</c> is accepted and blocks all the same.</summary>
    public bool AlwaysBlocks => Is31;

    /// <summary>Only <c>NON_BLOCKING</c> is accepted, and must be said.</summary>
    public bool RefusesBlocking => IsThinking38;

    /// <summary><c>scheduling</c> is honoured; otherwise it is accepted and ignored.</summary>
    public bool HonoursScheduling => !Is31 && !IsThinking38;

    /// <summary>A result scheduled as <c>INTERRUPT</c> waits until the user has ended; otherwise it is spoken over them.</summary>
    public bool WaitsForUser => !Is25;

    public bool TakesWillContinue => !IsVertex;

    public bool NeedsResponseId => !IsVertex;

    public bool TakesHistoryConfig => !IsVertex && !Is25;

    /// <summary>Content without a role is refused.</summary>
    public bool NeedsRoles => !Is25;

    /// <summary>Content that asks for an answer must end with the user's turn; on the Developer API all content must.</summary>
    public bool NeedsUserLast => Is25;

    public bool TakesRealtimeText => !(Is25 && IsVertex);

    public bool TakesMediaChunks => Is25;

    public bool TakesSearchWithFunctions => !Is25;

    /// <summary>Code execution and URL context are accepted and do nothing.</summary>
    public bool TakesIdleTools => Is31;

    public bool TakesContextUpdate => Is38OnVertex;

    public bool TakesCustomVocabulary => Is38OnVertex;

    /// <summary>Transcription takes settings at all; otherwise its object must be empty.</summary>
    public bool TakesTranscriptionSettings => !(Is25 && IsVertex);

    /// <summary>Transparent resumption, explicit activity signals, a method of safety.</summary>
    public bool TakesVertexSettings => IsVertex;

    public bool NeedsModalities => IsVertex;

    /// <summary>Speech detection is patient and wants loud speech where the setup says nothing.</summary>
    public bool DetectsWithLowSensitivity => IsVertex;

    /// <summary>All of the caller's audio is context where the setup says nothing, not only speech.</summary>
    public bool CoversAllInput => Is25 && IsVertex;

    /// <summary>Turns end with <c>interactionStatus</c>.</summary>
    public bool ReportsInteraction => IsThinking38;

    /// <summary>Words and audio come in messages of their own.</summary>
    public bool SendsWordsApart => Is25;

    public string OutputMimeType => Is25 && IsVertex ? "audio/pcm" : "audio/pcm;rate=24000";

    /// <summary>Name of the output in usage reports.</summary>
    public string OutputTokens => IsVertex ? "candidates" : "response";
}
