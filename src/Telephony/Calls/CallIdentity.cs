using System.Net;

namespace Telephony.Calls;

/// <summary>Who calls whom from where: what the INVITE said, read once.</summary>
internal sealed record CallIdentity(
    string CallId,
    string SipCallId,
    string From,
    string? CallerNumber,
    string? CallerName,
    string To,
    string DialledNumber,
    IPEndPoint RemoteEndPoint);
