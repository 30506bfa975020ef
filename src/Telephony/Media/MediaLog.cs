using Microsoft.Extensions.Logging;

namespace Telephony.Media;

/// <summary>Log lines of the media side: events 2200 to 2299.</summary>
internal static partial class MediaLog
{
    [LoggerMessage(2200, LogLevel.Information, "Media clock runs with {Waiter}, {Mode} scheduling")]
    public static partial void ClockStarted(this ILogger logger, string waiter, string mode);

    [LoggerMessage(2201, LogLevel.Warning, "Media clock found epoll unusable and polls instead: {Reason}")]
    public static partial void EpollUnusable(this ILogger logger, string reason);

    [LoggerMessage(2202, LogLevel.Error, "Call {CallId}: a fault ended its media")]
    public static partial void MediaFault(this ILogger logger, string callId, Exception fault);

    [LoggerMessage(2210, LogLevel.Information,
        "Call {CallId}: media {Codec}, {PtimeMs} ms, {Direction}, port {RtpPort} <-> {Remote}, {Encryption}")]
    public static partial void MediaApplied(this ILogger logger, string callId, string codec, int ptimeMs, string direction, int rtpPort, string remote, string encryption);

    [LoggerMessage(2211, LogLevel.Information, "Call {CallId}: hears the caller from {Source}")]
    public static partial void SourceLocked(this ILogger logger, string callId, string source);

    [LoggerMessage(2212, LogLevel.Warning, "Call {CallId}: nothing heard of the caller for {Seconds:F0} s")]
    public static partial void MediaTimeout(this ILogger logger, string callId, double seconds);

    [LoggerMessage(2213, LogLevel.Information,
        "Call {CallId}: media over; in {PacketsReceived} packets, {PacketsLost} lost, {JitterMs:F1} ms jitter; out {PacketsSent} packets; {PacketsForeign} foreign, {PacketsUnauthenticated} not authentic")]
    public static partial void MediaEnded(
        this ILogger logger, string callId, long packetsReceived, long packetsLost, double jitterMs, long packetsSent, long packetsForeign, long packetsUnauthenticated);
}
