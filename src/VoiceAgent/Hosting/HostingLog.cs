namespace VoiceAgent.Hosting;

/// <summary>Start and stop of the service in the log.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(4102, LogLevel.Information, "Stopping: no new calls; {Count} running calls may finish within {GraceS} s")]
    public static partial void Draining(this ILogger logger, int count, double graceS);

    [LoggerMessage(4105, LogLevel.Error, "The ledger of tools has no database: tools with side effects are refused until it answers: {Reason}")]
    public static partial void LedgerClosed(this ILogger logger, string reason);

    [LoggerMessage(4103, LogLevel.Information, "Stopped; {Count} calls were cut")]
    public static partial void Stopped(this ILogger logger, int count);

    [LoggerMessage(4106, LogLevel.Information, "No new calls are taken (POST /drain); {Count} are running")]
    public static partial void IntakePaused(this ILogger logger, int count);

    [LoggerMessage(4108, LogLevel.Error, "Whether the Live service serves again could not be found out")]
    public static partial void ProbeFailed(this ILogger logger, Exception bug);

    [LoggerMessage(4109, LogLevel.Warning, "Nobody is signed in to Gemini: {State}")]
    public static partial void Keyless(this ILogger logger, string state);

    [LoggerMessage(4107, LogLevel.Information, "Calls are taken again (POST /resume)")]
    public static partial void IntakeResumed(this ILogger logger);
}
