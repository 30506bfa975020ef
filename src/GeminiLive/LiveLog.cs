namespace GeminiLive;

/// <summary>Log messages of the Live part: event ids 3000 to 3999.</summary>
internal static partial class LiveLog
{
    [LoggerMessage(3001, LogLevel.Information, "Call {CallId} session with {Model} ready after {ElapsedMs} ms")]
    public static partial void Ready(this ILogger logger, string callId, string model, long elapsedMs);

    [LoggerMessage(3002, LogLevel.Warning, "Call {CallId} no session: {Kind} {Code} {Detail}")]
    public static partial void NotReady(this ILogger logger, string callId, LiveFailureKind kind, int? code, string detail);

    [LoggerMessage(3003, LogLevel.Information, "Call {CallId} connection will end in {TimeLeft}")]
    public static partial void GoAway(this ILogger logger, string callId, TimeSpan timeLeft);

    [LoggerMessage(3004, LogLevel.Warning, "Call {CallId} connection lost: {Code} {Reason}")]
    public static partial void Lost(this ILogger logger, string callId, int? code, string reason);

    [LoggerMessage(3005, LogLevel.Information, "Call {CallId} changes over to a new connection")]
    public static partial void ChangesOver(this ILogger logger, string callId);

    [LoggerMessage(EventId = 3006, Message = "Call {CallId} attempt {Attempt} to connect to {Target} failed: {Kind} {Code} {Detail}")]
    public static partial void AttemptFailed(this ILogger logger, LogLevel level, string callId, int attempt, string target, LiveFailureKind kind, int? code, string detail);

    [LoggerMessage(3007, LogLevel.Information, "Call {CallId} session is back at {Target} with {Model} after {GapMs} ms and {Attempts} attempts, fresh: {IsFresh}")]
    public static partial void BackAgain(this ILogger logger, string callId, string target, string model, long gapMs, int attempts, bool isFresh);

    [LoggerMessage(3008, LogLevel.Error, "Call {CallId} session is lost for good: {Kind} {Code} {Detail}")]
    public static partial void GivenUp(this ILogger logger, string callId, LiveFailureKind kind, int? code, string detail);

    [LoggerMessage(3009, LogLevel.Warning, "Call {CallId} server reports an error: {Error}")]
    public static partial void ServerError(this ILogger logger, string callId, string error);

    [LoggerMessage(3010, LogLevel.Warning, "Call {CallId} dropped {Messages} messages that were no JSON and {AudioParts} audio parts that were no base64")]
    public static partial void Malformed(this ILogger logger, string callId, int messages, int audioParts);

    [LoggerMessage(3011, LogLevel.Error, "Call {CallId} session loop failed")]
    public static partial void LoopFailed(this ILogger logger, Exception exception, string callId);

    [LoggerMessage(3012, LogLevel.Warning, "Call {CallId} outbox is full, a message is dropped")]
    public static partial void OutboxFull(this ILogger logger, string callId);

    [LoggerMessage(3020, LogLevel.Warning, "{Target} ({Model} at {Host}) is taken for down after several failures, the last: {Kind} {Code} {Detail}; sessions take a fallback, or wait for a probe to succeed")]
    public static partial void TakenForDown(this ILogger logger, string target, string model, string host, LiveFailureKind kind, int? code, string detail);

    [LoggerMessage(3021, LogLevel.Warning, "{Target} ({Model} at {Host}) serves again")]
    public static partial void ServesAgain(this ILogger logger, string target, string model, string host);

    [LoggerMessage(3022, LogLevel.Error, "Connections to {Target} could not be kept ready; it is tried again")]
    public static partial void KeepingWarmFailed(this ILogger logger, Exception bug, string target);

    [LoggerMessage(3023, LogLevel.Warning, "{Target} closes connections that wait, the last after {AgeS:F1} s ({Code} {Reason}): one is tried now and then, and Live:WarmConnections is of little use there")]
    public static partial void WarmUnwanted(this ILogger logger, string target, double ageS, int? code, string reason);

    [LoggerMessage(3024, LogLevel.Warning, "Google Cloud credentials in {File} cannot be used, the former ones are kept: {Reason}")]
    public static partial void CredentialsKept(this ILogger logger, string? file, string reason);

    [LoggerMessage(3030, LogLevel.Warning, "Model {Model} is not known and is treated as one of {Family}; describe it in Live:Profiles if it differs")]
    public static partial void UnknownModel(this ILogger logger, string model, LiveModelFamily family);
}
