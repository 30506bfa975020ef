namespace VoiceAgent.Cluster;

/// <summary>What is logged of the other nodes.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(4501, LogLevel.Warning, "The other nodes cannot be told of this one, nor Live sessions be shared with them, over {Place}: {Problem} Running calls go on; it is tried again")]
    public static partial void Alone(this ILogger logger, string place, string problem);

    [LoggerMessage(4502, LogLevel.Information, "The other nodes are told of this one again")]
    public static partial void BackAmongNodes(this ILogger logger);

    [LoggerMessage(4503, LogLevel.Warning, "Node {Name} has not been heard of for its time: its calls are taken for ended")]
    public static partial void NodeLost(this ILogger logger, string name);

    [LoggerMessage(4504, LogLevel.Warning, "Records that lost nodes have left open cannot be closed in {Place} now: {Problem} It is tried again")]
    public static partial void NotClosed(this ILogger logger, string place, string problem);
}
