namespace VoiceAgent.Recordings;

/// <summary>What is logged of recordings.</summary>
internal static partial class RecordingsLog
{
    [LoggerMessage(4501, LogLevel.Warning, "Recordings cannot be written to {Folder}: {Problem} {Count} calls wait, {LostSeconds:F0} s of sound are lost; calls go on, and it is tried again")]
    public static partial void NotWritten(this ILogger logger, string folder, string problem, int count, double lostSeconds);

    [LoggerMessage(4502, LogLevel.Information, "Recordings are written again; {LostSeconds:F0} s of sound are lost")]
    public static partial void WrittenAgain(this ILogger logger, double lostSeconds);

    [LoggerMessage(4503, LogLevel.Information, "{Count} recordings that are too old were deleted, with their keys")]
    public static partial void Forgotten(this ILogger logger, int count);

    [LoggerMessage(4504, LogLevel.Warning, "Old recordings in {Folder} cannot be deleted: {Problem} It is tried again every minute")]
    public static partial void NotForgotten(this ILogger logger, string folder, string problem);

    [LoggerMessage(4505, LogLevel.Error, "The end of the recording of {CallKey} could not be written, and is lost")]
    public static partial void GivenUp(this ILogger logger, string callKey);

    [LoggerMessage(4506, LogLevel.Error, "Call {CallKey} cannot be recorded any more")]
    public static partial void RecordingFault(this ILogger logger, string callKey, Exception exception);
}
