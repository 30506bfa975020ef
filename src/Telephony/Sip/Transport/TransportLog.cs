using System.Net;
using Microsoft.Extensions.Logging;

namespace Telephony.Sip.Transport;

/// <summary>Log messages 1000-1099: sockets and connections.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1000, LogLevel.Information, "Listening for SIP on {EndPoint}")]
    public static partial void Listening(this ILogger logger, SipListenEndPoint endPoint);

    [LoggerMessage(1001, LogLevel.Warning, "Receiving on {EndPoint} failed and goes on")]
    public static partial void ReceiveFailed(this ILogger logger, SipListenEndPoint endPoint, Exception exception);

    [LoggerMessage(1002, LogLevel.Debug, "Sending to {Remote} failed: {Reason}")]
    public static partial void SendFailed(this ILogger logger, IPEndPoint remote, string reason);

    [LoggerMessage(1003, LogLevel.Debug, "Connection with {Remote} closed: {Reason}")]
    public static partial void ConnectionClosed(this ILogger logger, IPEndPoint remote, string reason);

    [LoggerMessage(1004, LogLevel.Debug, "Connection from {Remote} refused: {Count} are open")]
    public static partial void ConnectionRefused(this ILogger logger, IPEndPoint remote, int count);

    [LoggerMessage(1005, LogLevel.Warning, "Accepting connections on {EndPoint} failed and goes on")]
    public static partial void AcceptFailed(this ILogger logger, SipListenEndPoint endPoint, Exception exception);
}
