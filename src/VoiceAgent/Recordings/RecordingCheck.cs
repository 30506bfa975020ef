namespace VoiceAgent.Recordings;

/// <summary>Whether a recording is as long as the call's record says.</summary>
internal static class RecordingCheck
{
    /// <summary>Why a recording is not whole that the record knows the end of; null when it is.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="entry">What the record says; null when it does not know.</param>
    public static string? LengthFault(RecordingReader recording, RecordingEntry? entry) =>
        entry is { Blocks: > 0 } && (recording.Blocks != entry.Blocks || !recording.IsComplete)
            ? "Its end is missing: the call's record says that it was longer. The disk did not take all of it, or somebody has cut it."
            : null;
}
