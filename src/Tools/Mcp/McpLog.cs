namespace Tools.Mcp;

/// <summary>Log messages of MCP servers: event ids 5400 to 5499.</summary>
internal static partial class McpLog
{
    [LoggerMessage(5400, LogLevel.Information, "Tools {Source}: connected to {Server} {Version} ({Protocol})")]
    public static partial void Connected(this ILogger logger, string source, string server, string version, string protocol);

    [LoggerMessage(5401, LogLevel.Warning, "Tools {Source}: connection lost: {Problem}; tried again in {Seconds:F1} s")]
    public static partial void ConnectionLost(this ILogger logger, string source, string problem, double seconds);

    [LoggerMessage(5402, LogLevel.Information, "Tools {Source} says: {Line}")]
    public static partial void ServerSays(this ILogger logger, string source, string line);

    [LoggerMessage(5403, LogLevel.Information, "Tools {Source} said {Lines} lines more")]
    public static partial void ServerSaysTooMuch(this ILogger logger, string source, int lines);

    [LoggerMessage(5404, LogLevel.Warning, "Tools {Source}: tool '{Tool}' is left out: {Reason}")]
    public static partial void ToolLeftOut(this ILogger logger, string source, string tool, string reason);

    [LoggerMessage(5405, LogLevel.Warning, "Tools {Source}: call of '{Tool}' failed: {Problem}")]
    public static partial void CallFailed(this ILogger logger, string source, string tool, string problem);
}
