using System.Net;
using Microsoft.Extensions.Logging;
using Telephony.Sip.Admission;

namespace Telephony.Sip.UserAgents;

/// <summary>Log messages 1300-1399: the user agent.</summary>
internal static partial class UserAgentsLog
{
    [LoggerMessage(1300, LogLevel.Error, "Call {SipCallId}: a fault ends this call")]
    public static partial void WorkFailed(this ILogger logger, string sipCallId, Exception exception);

    [LoggerMessage(1301, LogLevel.Error, "Call {SipCallId}: a command was lost because the signalling queue is full")]
    public static partial void CommandLost(this ILogger logger, string sipCallId);

    [LoggerMessage(1302, LogLevel.Debug, "Call {SipCallId}: {Method} from {Remote} answered {StatusCode}")]
    public static partial void Refused(this ILogger logger, string sipCallId, string method, IPEndPoint remote, int statusCode);

    [LoggerMessage(1310, LogLevel.Information, "User {User} registered at {Remote}")]
    public static partial void Registered(this ILogger logger, string user, IPEndPoint remote);

    [LoggerMessage(1311, LogLevel.Information, "User {User} is no longer registered at {Remote}")]
    public static partial void Unregistered(this ILogger logger, string user, IPEndPoint remote);

    [LoggerMessage(1312, LogLevel.Information, "Wrong user name or password in {Method} from {Remote}; {Withheld} such lines were withheld")]
    public static partial void LoginFailed(this ILogger logger, string method, IPEndPoint remote, long withheld);

    [LoggerMessage(1314, LogLevel.Warning, "{Source} sent too many wrong passwords: for {BanTime} its logins are not looked at, but those of users on the way that their own phone is registered by")]
    public static partial void LoginsBlocked(this ILogger logger, SourceId source, TimeSpan banTime);

    [LoggerMessage(1303, LogLevel.Debug, "Call {SipCallId}: no ACK in time, hanging up")]
    public static partial void NoAck(this ILogger logger, string sipCallId);

    [LoggerMessage(1304, LogLevel.Information, "Call {SipCallId}: no PRACK in time, refusing the call")]
    public static partial void NoPrack(this ILogger logger, string sipCallId);

    [LoggerMessage(1313, LogLevel.Information, "Call {SipCallId}: the session was not refreshed, or the peer does not know it any more; hanging up")]
    public static partial void SessionLost(this ILogger logger, string sipCallId);
}
