namespace VoiceAgent.Agents;

/// <summary>The choice of agents in the log.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(4201, LogLevel.Warning, "{Warning}")]
    public static partial void RouteIsOdd(this ILogger logger, string warning);
}
