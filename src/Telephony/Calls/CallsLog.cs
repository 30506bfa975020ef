using System.Net;
using Microsoft.Extensions.Logging;

namespace Telephony.Calls;

/// <summary>Log lines of the call layer: event ids 2000 to 2199.</summary>
internal static partial class CallsLog
{
    [LoggerMessage(2000, LogLevel.Information, "Call {CallId} offered by {RemoteEndPoint} ({Trunk}): {From} dials {DialledNumber}, Call-ID {SipCallId}")]
    public static partial void Offered(ILogger logger, string callId, IPEndPoint remoteEndPoint, string trunk, string from, string dialledNumber, string sipCallId);

    [LoggerMessage(2001, LogLevel.Information, "Call {CallId} answered with {Codec} after {ElapsedMs} ms")]
    public static partial void Answered(ILogger logger, string callId, string codec, long elapsedMs);

    [LoggerMessage(2002, LogLevel.Information, "Call {CallId} refused with {StatusCode}: {Why}")]
    public static partial void Refused(ILogger logger, string callId, int statusCode, string why);

    [LoggerMessage(2021, LogLevel.Information, "Call {CallId}: the caller's side refused a change of the media, or not for now: {StatusCode}")]
    public static partial void ReofferRefused(ILogger logger, string callId, int statusCode);

    [LoggerMessage(2020, LogLevel.Information,
        "Call {CallId} of {RemoteEndPoint} ({Trunk}) turned away with {StatusCode}: {Why}, Call-ID {SipCallId}; {Withheld} such lines were withheld")]
    public static partial void TurnedAway(
        ILogger logger, string callId, IPEndPoint remoteEndPoint, string trunk, int statusCode, string why, string sipCallId, long withheld);

    [LoggerMessage(2003, LogLevel.Information, "Call {CallId} is over after {ElapsedMs} ms: {Reason}")]
    public static partial void Ended(ILogger logger, string callId, long elapsedMs, CallEndReason reason);

    [LoggerMessage(2004, LogLevel.Information, "Call {CallId} changed its media to {Codec}, {Direction}, {RemoteRtp}")]
    public static partial void MediaChanged(ILogger logger, string callId, string codec, Sdp.MediaDirection direction, IPEndPoint remoteRtp);

    [LoggerMessage(2005, LogLevel.Warning, "Call {CallId} refused a change of media with {StatusCode}: {Why}")]
    public static partial void MediaChangeRefused(ILogger logger, string callId, int statusCode, string why);

    [LoggerMessage(2006, LogLevel.Warning, "Call {CallId} got an answer in {Message} that does not fit our offer: {Why}")]
    public static partial void AnswerUnusable(ILogger logger, string callId, string message, string why);

    [LoggerMessage(2007, LogLevel.Error, "Call {CallId} lost its media by a fault")]
    public static partial void MediaFailed(ILogger logger, string callId, Exception fault);

    [LoggerMessage(2008, LogLevel.Information, "Call {CallId} is asked to go on with {Target}")]
    public static partial void Transferring(ILogger logger, string callId, string target);

    [LoggerMessage(2029, LogLevel.Warning, "Telephony:Srtp:AllowKeysInClear is on: whoever can read the signalling of a call without TLS can decrypt its media")]
    public static partial void KeysInClear(ILogger logger);

    [LoggerMessage(2023, LogLevel.Information, "Call {CallId} rings with early media")]
    public static partial void EarlyMedia(ILogger logger, string callId);

    [LoggerMessage(2032, LogLevel.Information, "Call {CallId} is heard before the answer, after {ElapsedMs} ms")]
    public static partial void HeardEarly(ILogger logger, string callId, long elapsedMs);

    [LoggerMessage(2012, LogLevel.Information, "Call {CallId} dials {Target} by {Trunk} at {RemoteEndPoint}, Call-ID {SipCallId}")]
    public static partial void Dialling(ILogger logger, string callId, string target, string trunk, IPEndPoint remoteEndPoint, string sipCallId);

    [LoggerMessage(2013, LogLevel.Information, "Call {CallId} rings after {ElapsedMs} ms")]
    public static partial void Ringing(ILogger logger, string callId, long elapsedMs);

    [LoggerMessage(2014, LogLevel.Information, "Call {CallId} was not answered: {StatusCode} {ReasonPhrase}")]
    public static partial void NotReached(ILogger logger, string callId, int statusCode, string reasonPhrase);

    [LoggerMessage(2015, LogLevel.Warning, "{Target} is not called: {Why}")]
    public static partial void NotDialled(ILogger logger, string target, DialRefusal why);

    [LoggerMessage(2009, LogLevel.Warning, "{Dialogs} calls had not ended when the telephone side stopped")]
    public static partial void StoppedWithDialogs(ILogger logger, int dialogs);

    [LoggerMessage(2010, LogLevel.Information, "Call {CallId} was transferred: {StatusCode}")]
    public static partial void Transferred(ILogger logger, string callId, int statusCode);

    [LoggerMessage(2022, LogLevel.Information, "Call {CallId} has a signed caller identity: {Verdict} {Detail}")]
    public static partial void Judged(ILogger logger, string callId, string verdict, string detail);

    [LoggerMessage(2019, LogLevel.Warning, "libopus was not found (Debian: libopus0): Opus is not offered, calls use the other codecs")]
    public static partial void OpusMissing(ILogger logger);

    [LoggerMessage(2032, LogLevel.Debug, "Warmed up with {Calls} calls of our own in {ElapsedMs} ms")]
    public static partial void WarmedUp(ILogger logger, int calls, long elapsedMs);

    [LoggerMessage(2033, LogLevel.Warning, "Not warmed up, the first call will be answered late: {Why}")]
    public static partial void NotWarmedUp(ILogger logger, string why);

    [LoggerMessage(2031, LogLevel.Warning, "Call {CallId} is not transferred to {Target}: {Why} (Telephony:Outbound:MaxTransfersPerHour, MaxTransfersPerNumberPerHour)")]
    public static partial void TransferWithheld(ILogger logger, string callId, string target, DialRefusal why);

    [LoggerMessage(2032, LogLevel.Information, "Call {CallId} was handed over and goes on with {RemoteEndPoint} ({Party}), Call-ID {SipCallId}")]
    public static partial void HandedOver(ILogger logger, string callId, IPEndPoint remoteEndPoint, string party, string sipCallId);

    [LoggerMessage(2033, LogLevel.Information, "An INVITE from {RemoteEndPoint} that would take the place of a call is refused with {StatusCode}: {Why}, Call-ID {SipCallId}")]
    public static partial void NotReplaced(ILogger logger, IPEndPoint remoteEndPoint, int statusCode, string why, string sipCallId);

    [LoggerMessage(2034, LogLevel.Information, "Call {CallId}: the other side wants {Target} called in its place")]
    public static partial void Referred(ILogger logger, string callId, string target);

    [LoggerMessage(2035, LogLevel.Information, "Call {CallId}: {Target} did not take the place of the other side: {StatusCode}")]
    public static partial void NotReferred(ILogger logger, string callId, string target, int statusCode);

    [LoggerMessage(2011, LogLevel.Warning, "Call {CallId} was not transferred: {End}, {StatusCode}")]
    public static partial void NotTransferred(ILogger logger, string callId, Sip.UserAgents.TransferEnd end, int statusCode);
}
