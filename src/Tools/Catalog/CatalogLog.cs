namespace Tools.Catalog;

/// <summary>Which tools there are, in the log.</summary>
internal static partial class CatalogLog
{
    [LoggerMessage(5200, LogLevel.Information, "Tools in use: {Summary}")]
    public static partial void ToolsInUse(this ILogger logger, string summary);

    [LoggerMessage(5201, LogLevel.Warning, "A changed configuration of the tools is refused, the old one stays: {Faults}")]
    public static partial void ReloadRefused(this ILogger logger, string faults);

    [LoggerMessage(5202, LogLevel.Warning, "Source of tools {Source} does not answer, and is tried again: {Reason}")]
    public static partial void SourceAbsent(this ILogger logger, string source, string reason);

    [LoggerMessage(5203, LogLevel.Warning, "Source of tools {Source} could not be closed")]
    public static partial void SourceNotClosed(this ILogger logger, Exception exception, string source);

    [LoggerMessage(5205, LogLevel.Warning, "A tool is left out: {Reason}")]
    public static partial void ToolUnfit(this ILogger logger, string reason);

    [LoggerMessage(5204, LogLevel.Error, "A bug kept the tools from being loaded anew; the old ones stay")]
    public static partial void ReloadFailed(this ILogger logger, Exception exception);
}
