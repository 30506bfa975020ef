namespace VoiceAgent.WebConsole;

/// <summary>Who came to the console, and what they did, in the log.</summary>
internal static partial class ConsoleLog
{
    [LoggerMessage(4401, LogLevel.Information, "Console: {User} ({Role}) signed in from {Source}")]
    public static partial void SignedIn(this ILogger logger, string user, ConsoleRole role, string source);

    [LoggerMessage(4402, LogLevel.Warning, "Console: a sign-in from {Source} failed")]
    public static partial void SignInFailed(this ILogger logger, string source);

    [LoggerMessage(4403, LogLevel.Information, "Call {CallId}: {User} at the console: {Act}")]
    public static partial void CallAct(this ILogger logger, string callId, string user, string act);

    [LoggerMessage(4404, LogLevel.Information, "Console: {User} had no new calls taken; {Count} are running")]
    public static partial void Paused(this ILogger logger, string user, int count);

    [LoggerMessage(4405, LogLevel.Information, "Console: {User} had calls taken again")]
    public static partial void Resumed(this ILogger logger, string user);

    [LoggerMessage(4406, LogLevel.Warning, "Console: passwords and calls go in clear to {Listen}; put a proxy with TLS before it")]
    public static partial void InClear(this ILogger logger, string listen);

    [LoggerMessage(4407, LogLevel.Warning, "Console: the database did not answer: {Reason}")]
    public static partial void ArchiveSilent(this ILogger logger, string reason);

    [LoggerMessage(4420, LogLevel.Warning, "Console: a recording cannot be read: {Reason}")]
    public static partial void RecordingUnread(this ILogger logger, string reason);

    [LoggerMessage(4408, LogLevel.Information, "Console: switched off, as {Listen} is open to other machines and Console:Users is empty")]
    public static partial void OffForWantOfUsers(this ILogger logger, string listen);
}
