namespace GeminiLive;

/// <summary>What a session may ask of the model: stands in section <c>Live</c> for all sessions and, under the same names, in an agent or a fallback, where it overrides.</summary>
/// <remarks>
/// A null, an empty text, and an empty list mean "not said". Names of the service's enums may be written with or without their common prefix
/// (<c>LOW</c> or <c>START_SENSITIVITY_LOW</c>). What a model family does not have is refused at start (<see cref="LiveModelProfile"/>).
/// </remarks>
public class LiveSessionSettings
{
    /// <summary>Model id, with or without the <c>models/</c> in front.</summary>
    public string? Model { get; set; }

    /// <summary>Prebuilt voice, such as <c>Kore</c>; case-sensitive.</summary>
    public string? Voice { get; set; }

    /// <summary>BCP-47 code of the language to speak; native-audio models choose it themselves, so better say it in the instructions.</summary>
    public string? LanguageCode { get; set; }

    /// <summary>Randomness, 0 to 2.</summary>
    public double? Temperature { get; set; }

    /// <summary>Share of probability to choose from, 0 to 1.</summary>
    public double? TopP { get; set; }

    /// <summary>How many candidates to choose from, at least 1.</summary>
    public int? TopK { get; set; }

    /// <summary>Longest answer, in tokens.</summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>Start of the random numbers, for answers that can be repeated.</summary>
    public int? Seed { get; set; }

    /// <summary>What the service shall hold back; empty leaves it to the model.</summary>
    public List<SafetySettings> SafetySettings { get; set; } = [];

    /// <summary><c>AUDIO</c>, or <c>TEXT</c> for models that have it, which then cannot speak.</summary>
    public string? ResponseModality { get; set; }

    /// <summary>How long the model may think before it answers.</summary>
    public ThinkingSettings Thinking { get; set; } = new();

    /// <summary>Whether the model follows the caller's mood.</summary>
    public bool? AffectiveDialog { get; set; }

    /// <summary>Whether the model may stay silent on speech that is not meant for it.</summary>
    public bool? ProactiveAudio { get; set; }

    /// <summary>Detail of video frames: <c>LOW</c>, <c>MEDIUM</c>, <c>HIGH</c>.</summary>
    public string? MediaResolution { get; set; }

    /// <summary>How it is decided that the caller starts and stops speaking.</summary>
    public ActivityDetectionSettings ActivityDetection { get; set; } = new();

    /// <summary>What the caller says, in writing.</summary>
    public TranscriptionSettings InputTranscription { get; set; } = new();

    /// <summary>What the model says, in writing.</summary>
    public TranscriptionSettings OutputTranscription { get; set; } = new();

    /// <summary>Lets the model search the web by itself.</summary>
    public bool? GoogleSearch { get; set; }

    /// <summary>Lets the model run code that it writes.</summary>
    public bool? CodeExecution { get; set; }

    /// <summary>Lets the model read web pages that are named to it.</summary>
    public bool? UrlContext { get; set; }

    /// <summary>What happens to a conversation that grows long.</summary>
    public CompressionSettings ContextCompression { get; set; } = new();

    /// <summary>Whether the session can be fetched back after a lost connection.</summary>
    public bool? Resumption { get; set; }

    /// <summary>Whether the service reports which message of ours it consumed last, so that written ones beyond it are said again after a resume; Vertex only.</summary>
    public bool? TransparentResumption { get; set; }
}

/// <summary>One category of harm and from which probability on it is held back.</summary>
public sealed class SafetySettings
{
    /// <summary><c>HARASSMENT</c>, <c>HATE_SPEECH</c>, <c>SEXUALLY_EXPLICIT</c>, <c>DANGEROUS_CONTENT</c>, <c>CIVIC_INTEGRITY</c>, <c>JAILBREAK</c>.</summary>
    public string? Category { get; set; }

    /// <summary><c>BLOCK_LOW_AND_ABOVE</c>, <c>BLOCK_MEDIUM_AND_ABOVE</c>, <c>BLOCK_ONLY_HIGH</c>, <c>BLOCK_NONE</c>, <c>OFF</c>.</summary>
    public string? Threshold { get; set; }

    /// <summary><c>SEVERITY</c> or <c>PROBABILITY</c>; Vertex only.</summary>
    public string? Method { get; set; }
}

/// <summary>Thinking, which is a budget on 2.5, a level on 3.1 and on 3.8 extended thinking, and nothing on plain 3.8.</summary>
public sealed class ThinkingSettings
{
    /// <summary>Tokens; 0 switches thinking off, -1 leaves it to the model.</summary>
    public int? Budget { get; set; }

    /// <summary><c>MINIMAL</c> (3.1 only), <c>LOW</c>, <c>MEDIUM</c>, <c>HIGH</c>.</summary>
    public string? Level { get; set; }

    /// <summary>Whether summaries of the thoughts come along; they are never spoken.</summary>
    public bool? IncludeThoughts { get; set; }
}

/// <summary>Who decides that the caller starts and stops speaking, and what follows from it.</summary>
public sealed class ActivityDetectionSettings
{
    /// <summary><c>Automatic</c>: the service listens; <c>Manual</c>: our own detector tells it.</summary>
    public string? Mode { get; set; }

    /// <summary><c>HIGH</c> (reacts sooner) or <c>LOW</c>.</summary>
    public string? StartSensitivity { get; set; }

    /// <summary><c>HIGH</c> (ends turns sooner) or <c>LOW</c>.</summary>
    public string? EndSensitivity { get; set; }

    /// <summary>Speech needed before the start is believed, in milliseconds.</summary>
    public int? PrefixPaddingMs { get; set; }

    /// <summary>Silence needed before the end is believed, in milliseconds.</summary>
    public int? SilenceDurationMs { get; set; }

    /// <summary><c>START_OF_ACTIVITY_INTERRUPTS</c>, or <c>NO_INTERRUPTION</c>: the caller's speech does not stop the model.</summary>
    public string? ActivityHandling { get; set; }

    /// <summary>What belongs to the caller's turn: <c>ONLY_ACTIVITY</c>, <c>ALL_INPUT</c>, <c>AUDIO_ACTIVITY_AND_ALL_VIDEO</c>.</summary>
    public string? TurnCoverage { get; set; }
}

/// <summary>Transcription of one direction.</summary>
public sealed class TranscriptionSettings
{
    /// <summary>Whether it is written at all.</summary>
    public bool? Enabled { get; set; }

    /// <summary>BCP-47 codes of the languages to expect; empty recognises the language.</summary>
    public List<string> LanguageCodes { get; set; } = [];

    /// <summary>Words to expect, such as names of products.</summary>
    public List<string> CustomVocabulary { get; set; } = [];
}

/// <summary>Forgetting the oldest turns: without it a session ends after 15 minutes of audio.</summary>
public sealed class CompressionSettings
{
    /// <summary>Whether anything is forgotten.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Context size at which the oldest turns are forgotten, in tokens.</summary>
    public int? TriggerTokens { get; set; }

    /// <summary>Context size after that, in tokens; below the trigger.</summary>
    public int? TargetTokens { get; set; }
}
