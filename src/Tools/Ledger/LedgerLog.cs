namespace Tools.Ledger;

/// <summary>The ledger in the log.</summary>
internal static partial class LedgerLog
{
    [LoggerMessage(5300, LogLevel.Warning, "Nobody knows how {Count} tool runs ended: their process is gone. Find out what became of them: {First}")]
    public static partial void FoundUnknown(this ILogger logger, int count, string first);

    [LoggerMessage(5301, LogLevel.Error, "The ledger of tools in {Place} cannot be written, so tools with side effects are refused until it can: {Reason}")]
    public static partial void NotWritable(this ILogger logger, string place, string reason);

    [LoggerMessage(5302, LogLevel.Information, "The ledger of tools can be written again; {Failed} writes have failed since the start")]
    public static partial void WritableAgain(this ILogger logger, long failed);

    [LoggerMessage(5303, LogLevel.Error, "A bug in the ledger of tools")]
    public static partial void BatchFault(this ILogger logger, Exception bug);

    [LoggerMessage(5304, LogLevel.Information, "{Count} old entries left the ledger of tools")]
    public static partial void Forgotten(this ILogger logger, int count);
}
