namespace VoiceAgent.Hosting.Configuration;

/// <summary>Changes of the configuration in the log: keys, never values.</summary>
internal static partial class ConfigurationLog
{
    [LoggerMessage(4120, LogLevel.Information, "The configuration was read anew; in use for new calls: {Keys}")]
    public static partial void Reloaded(this ILogger logger, string keys);

    [LoggerMessage(4121, LogLevel.Warning, "Changed in the configuration, and in use after a restart of the service only: {Keys}")]
    public static partial void NeedRestart(this ILogger logger, string keys);

    [LoggerMessage(4122, LogLevel.Error, "The changed configuration is refused, nothing of it is in use: {Faults}")]
    public static partial void ReloadRefused(this ILogger logger, string faults);

    [LoggerMessage(4124, LogLevel.Error, "A bug kept the configuration from being read anew")]
    public static partial void ReloadFailed(this ILogger logger, Exception bug);

    [LoggerMessage(4123, LogLevel.Information, "{File} was read anew; no setting has changed")]
    public static partial void NothingChanged(this ILogger logger, string file);
}
