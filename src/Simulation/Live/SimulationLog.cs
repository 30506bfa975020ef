using Microsoft.Extensions.Logging;

namespace Simulation.Live;

/// <summary>What the simulated Live server tells its operator; events 6000 to 6099.</summary>
internal static partial class SimulationLog
{
    [LoggerMessage(6000, LogLevel.Information, "Simulated Live server listens on {Endpoint}")]
    public static partial void Listening(ILogger logger, Uri endpoint);

    [LoggerMessage(6001, LogLevel.Information, "Simulated session {Session} opened")]
    public static partial void SessionOpened(ILogger logger, int session);

    [LoggerMessage(6002, LogLevel.Information, "Simulated session {Session} closed: {Reason}")]
    public static partial void SessionClosed(ILogger logger, int session, string reason);

    [LoggerMessage(6003, LogLevel.Warning, "Simulated Live server refused the client with {Code}: {Reason}")]
    public static partial void ClientRefused(ILogger logger, int code, string reason);

    [LoggerMessage(6004, LogLevel.Warning, "Simulated session {Session}: script step {Step} waited in vain for {What}")]
    public static partial void ScriptWaitedInVain(ILogger logger, int session, string step, string what);

    [LoggerMessage(6005, LogLevel.Error, "Simulated session {Session} failed")]
    public static partial void SessionFailed(ILogger logger, int session, Exception exception);
}
