namespace VoiceAgent.Recordings;

/// <summary>The recording of a call's sound, as the call's record has it.</summary>
/// <param name="BeganAtMs">When it began, in ms since admission: place 0 of the sound.</param>
/// <param name="Seconds">Its length, pauses and gaps included; 0 while the call runs.</param>
/// <param name="LostSeconds">So much of it was lost, because the disk did not take it or the machine was too busy, and is silence.</param>
/// <param name="Blocks">Blocks that the file has when nothing of it is missing; 0 while the call runs.</param>
/// <param name="Pauses">Where it was paused, and is silence.</param>
public sealed record RecordingEntry(double BeganAtMs, double Seconds, double LostSeconds, long Blocks, IReadOnlyList<RecordingPause> Pauses)
{
    /// <summary>Name of the file in <c>Recordings:Folder</c> of the service that had the call.</summary>
    public string File { get; init; } = "";
}

/// <summary>A pause of a recording.</summary>
/// <param name="FromSeconds">Its begin in the recording.</param>
/// <param name="ToSeconds">Its end in the recording; null while it lasts.</param>
/// <param name="By">Who paused it.</param>
public sealed record RecordingPause(double FromSeconds, double? ToSeconds, string By);
