namespace Tools.Invocation;

/// <summary>Log messages of running tools: event ids 5000 to 5099.</summary>
internal static partial class InvocationLog
{
    [LoggerMessage(5001, LogLevel.Warning, "Call {CallId} tool {Tool} failed in attempt {Attempt}")]
    public static partial void AttemptFailed(this ILogger logger, LoggedFault fault, string callId, string tool, int attempt);

    [LoggerMessage(5002, LogLevel.Warning, "Call {CallId} tool {Tool} ignores that its time is over; given up, its slot stays taken until it ends")]
    public static partial void Abandoned(this ILogger logger, string callId, string tool);

    [LoggerMessage(5003, LogLevel.Warning, "Call {CallId} tool {Tool} ended after it was given up: {Outcome}, key {Key}")]
    public static partial void EndedLate(this ILogger logger, string callId, string tool, ToolOutcome outcome, string key);

    [LoggerMessage(5004, LogLevel.Error, "Call {CallId} tool {Tool} is not run: the ledger does not take the intent")]
    public static partial void NoIntent(this ILogger logger, Exception? exception, string callId, string tool);

    [LoggerMessage(5005, LogLevel.Error, "Call {CallId} key {Key}: the ledger does not take the result {Outcome}")]
    public static partial void NotConcluded(this ILogger logger, Exception? exception, string callId, string key, ToolOutcome outcome);

    [LoggerMessage(5006, LogLevel.Error, "Call {CallId} tool {Tool} could not be undone, key {Key}")]
    public static partial void NotUndone(this ILogger logger, LoggedFault? fault, string callId, string tool, string key);

    [LoggerMessage(5007, LogLevel.Warning, "Call {CallId} tool {Tool} reports what cannot be told to the model")]
    public static partial void BadNews(this ILogger logger, LoggedFault fault, string callId, string tool);

    [LoggerMessage(5008, LogLevel.Error, "Call {CallId} tool {Tool}: the run itself failed")]
    public static partial void RunFailed(this ILogger logger, Exception exception, string callId, string tool);

    [LoggerMessage(5009, LogLevel.Error, "A tool threw where nobody waits for it")]
    public static partial void StrayException(this ILogger logger, LoggedFault fault);

    [LoggerMessage(5010, LogLevel.Warning, "Call {CallId} request {RequestId} came twice; the second one is ignored")]
    public static partial void RepeatedId(this ILogger logger, string callId, string requestId);
}
