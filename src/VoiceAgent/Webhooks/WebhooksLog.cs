namespace VoiceAgent.Webhooks;

/// <summary>What is logged of telling other systems.</summary>
internal static partial class WebhooksLog
{
    [LoggerMessage(4501, LogLevel.Warning, "Call {CallId}: {Host} could not be told after {Tries} tries: {Problem} ({Lost} lost since the start; told once a minute)")]
    public static partial void NotDelivered(this ILogger logger, string callId, string host, int tries, string problem, long lost);

    [LoggerMessage(4502, LogLevel.Warning, "Database {Place} does not say which ends of calls other systems were told of: {Problem} (what is told meanwhile may be told again; told once a minute)")]
    public static partial void NotWrittenDown(this ILogger logger, string place, string problem);
}
