namespace Tools.Http;

/// <summary>Log messages of declared web calls: event ids 5300 to 5399. Addresses are told without path and query, which may hold secrets.</summary>
internal static partial class HttpToolLog
{
    [LoggerMessage(5300, LogLevel.Warning, "Tools {Source}: {Host} answered with status {Status}")]
    public static partial void RequestFailed(this ILogger logger, string source, string host, int status);

    [LoggerMessage(5301, LogLevel.Warning, "Tools {Source}: {Host} did not answer: {Problem}")]
    public static partial void RequestBroken(this ILogger logger, string source, string host, string problem);

    [LoggerMessage(5302, LogLevel.Warning, "Tools: {Host} fails and is left alone for {Seconds} s")]
    public static partial void BreakerOpened(this ILogger logger, string host, double seconds);

    [LoggerMessage(5303, LogLevel.Information, "Tools: {Host} serves again")]
    public static partial void BreakerClosed(this ILogger logger, string host);
}
