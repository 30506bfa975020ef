using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Telephony.Sip.Transport;

/// <summary>Log messages 1000-1099: sockets and connections.</summary>
internal static partial class TransportLog
{
    private static readonly TimeSpan ExpiryNotice = TimeSpan.FromDays(14);

    /// <summary>A certificate is in use, and perhaps not for long.</summary>
    public static void Tell(this ILogger logger, X509Certificate2 certificate, TimeProvider timeProvider)
    {
        logger.CertificateLoaded(certificate.Subject, certificate.NotAfter);
        if (certificate.NotAfter - timeProvider.GetLocalNow().DateTime < ExpiryNotice)
            logger.CertificateExpires(certificate.Subject, certificate.NotAfter);
    }

    [LoggerMessage(1000, LogLevel.Information, "Listening for SIP on {EndPoint}")]
    public static partial void Listening(this ILogger logger, SipListenEndPoint endPoint);

    [LoggerMessage(1001, LogLevel.Warning, "Receiving on {EndPoint} failed and goes on")]
    public static partial void ReceiveFailed(this ILogger logger, SipListenEndPoint endPoint, Exception exception);

    [LoggerMessage(1002, LogLevel.Debug, "Sending to {Remote} failed: {Reason}")]
    public static partial void SendFailed(this ILogger logger, IPEndPoint remote, string reason);

    [LoggerMessage(1003, LogLevel.Debug, "Connection with {Remote} closed: {Reason} {Detail}")]
    public static partial void ConnectionClosed(this ILogger logger, IPEndPoint remote, string reason, string? detail);

    [LoggerMessage(1004, LogLevel.Debug, "Connection from {Remote} refused: {Count} are open")]
    public static partial void ConnectionRefused(this ILogger logger, IPEndPoint remote, int count);

    [LoggerMessage(1005, LogLevel.Warning, "Accepting connections on {EndPoint} failed and goes on")]
    public static partial void AcceptFailed(this ILogger logger, SipListenEndPoint endPoint, Exception exception);

    [LoggerMessage(1006, LogLevel.Information, "TLS certificate {Subject} is in use, valid until {NotAfter}")]
    public static partial void CertificateLoaded(this ILogger logger, string subject, DateTime notAfter);

    [LoggerMessage(1007, LogLevel.Warning, "TLS certificate {Subject} is valid only until {NotAfter}")]
    public static partial void CertificateExpires(this ILogger logger, string subject, DateTime notAfter);

    [LoggerMessage(1008, LogLevel.Error, "Changed TLS files are not used, the earlier ones stay in force: {Reason}")]
    public static partial void CertificateRefused(this ILogger logger, string reason);

    [LoggerMessage(1009, LogLevel.Warning, "No TLS connection to {Remote} as {ServerName}: {Reason}")]
    public static partial void ServerRefused(this ILogger logger, IPEndPoint remote, string serverName, string reason);

    [LoggerMessage(1010, LogLevel.Warning, "Servers that we connect to over TLS are not checked: Telephony:Tls:CheckServers is off")]
    public static partial void ServersNotChecked(this ILogger logger);
}
