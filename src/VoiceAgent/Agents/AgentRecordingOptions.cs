namespace VoiceAgent.Agents;

/// <summary>Whether an agent's calls are recorded, and what callers are told of it and may do about it.</summary>
/// <remarks>Where and under which key: section <c>Recordings</c> (docs/recordings.md).</remarks>
public sealed class AgentRecordingOptions
{
    /// <summary>Most keys of a sequence.</summary>
    internal const int MaxKeys = 8;

    /// <summary>Whether its calls are recorded.</summary>
    public bool Enabled { get; init; }

    /// <summary>What the agent says before anything else; empty for nothing, where somebody else has told the caller.</summary>
    public string Announcement { get; init; } = "This call is recorded.";

    /// <summary>When the recording begins.</summary>
    public RecordingStart Start { get; init; } = RecordingStart.AfterAnnouncement;

    /// <summary>Keys by which a caller pauses the recording, such as <c>*9</c>; empty for none.</summary>
    public string PauseKeys { get; init; } = "";

    /// <summary>Keys by which it goes on; empty for none.</summary>
    public string ResumeKeys { get; init; } = "";

    /// <summary>What the model is told so that it says the announcement; empty where there is none.</summary>
    internal string AnnouncementWish =>
        Enabled && Announcement.Length > 0 ? $"(Before anything else, say exactly this sentence: \"{Announcement}\")" : "";
}

/// <summary>When the recording of a call begins.</summary>
public enum RecordingStart
{
    /// <summary>Once the caller has heard the agent's first words to their end, which are the announcement.</summary>
    AfterAnnouncement,

    /// <summary>With the answer, the announcement included.</summary>
    WithCall,
}
