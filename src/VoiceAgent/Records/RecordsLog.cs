namespace VoiceAgent.Records;

/// <summary>What is logged of the keeping of records.</summary>
internal static partial class RecordsLog
{
    [LoggerMessage(4301, LogLevel.Warning, "Records cannot be written to {Place}: {Problem} {Waiting} calls wait, {Lost} are lost; calls go on, and it is tried again")]
    public static partial void NotWritten(this ILogger logger, string place, string problem, int waiting, long lost);

    [LoggerMessage(4302, LogLevel.Information, "Records are written again; {Lost} calls are lost")]
    public static partial void WrittenAgain(this ILogger logger, long lost);

    [LoggerMessage(4303, LogLevel.Warning, "{Count} calls were left open by a process that is gone: closed as far as they were written")]
    public static partial void Closed(this ILogger logger, int count);

    [LoggerMessage(4304, LogLevel.Information, "{Count} calls older than Records:RetentionDays were deleted")]
    public static partial void Forgotten(this ILogger logger, int count);

    [LoggerMessage(4305, LogLevel.Error, "Records of {Count} calls could not be written, and are lost")]
    public static partial void BatchFault(this ILogger logger, int count, Exception exception);

    [LoggerMessage(4306, LogLevel.Warning, "Old calls, and calls left open, cannot be tidied in {Place}: {Problem} New ones are written; it is tried again every minute")]
    public static partial void NotKeptUp(this ILogger logger, string place, string problem);
}
