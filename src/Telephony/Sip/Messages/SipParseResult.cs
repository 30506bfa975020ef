namespace Telephony.Sip.Messages;

/// <summary>What <see cref="SipParser"/> made of some bytes: a message, or the reason there is none.</summary>
/// <param name="Message">The message; null on failure.</param>
/// <param name="Failure">The failure; null when there is a message.</param>
public readonly record struct SipParseResult(SipMessage? Message, SipParseFailure? Failure);

/// <summary>Why bytes are no acceptable message, and what is needed to say so to the sender.</summary>
/// <param name="StatusCode">400, 413, 505 or 513.</param>
/// <param name="Reason">Reason phrase that names the fault.</param>
/// <param name="Answerable">
/// The request as far as it could be read, with a Via to answer by, for <see cref="SipResponse.For"/>; other headers may be missing or unreadable.
/// Null when silence is right: a response, an ACK, no Via, or no SIP at all.
/// </param>
public sealed record SipParseFailure(int StatusCode, string Reason, SipRequest? Answerable);

/// <summary>One way in which a message can be wrong.</summary>
/// <param name="StatusCode">What a request is answered with.</param>
/// <param name="Reason">The reason phrase.</param>
internal sealed record SipFault(int StatusCode, string Reason)
{
    public static readonly SipFault StartLine = new(400, "Bad start line");
    public static readonly SipFault Version = new(505, "Version Not Supported");
    public static readonly SipFault RequestUri = new(400, "Bad Request-URI");
    public static readonly SipFault HeaderLine = new(400, "Bad header line");
    public static readonly SipFault NoEndOfHeaders = new(400, "No empty line after headers");
    public static readonly SipFault TooManyHeaders = new(513, "Too many headers");
    public static readonly SipFault HeaderTooLong = new(513, "Header too long");
    public static readonly SipFault MessageTooLong = new(513, "Message Too Large");
    public static readonly SipFault BodyTooLong = new(413, "Request Entity Too Large");
    public static readonly SipFault ContentLength = new(400, "Bad Content-Length");
    public static readonly SipFault BodyCutShort = new(400, "Content-Length exceeds message");
    public static readonly SipFault Via = new(400, "Missing or bad Via");
    public static readonly SipFault From = new(400, "Missing or bad From");
    public static readonly SipFault To = new(400, "Missing or bad To");
    public static readonly SipFault CallId = new(400, "Missing or bad Call-ID");
    public static readonly SipFault CSeq = new(400, "Missing or bad CSeq");
    public static readonly SipFault CSeqMethod = new(400, "CSeq method differs from request");
    public static readonly SipFault MaxForwards = new(400, "Bad Max-Forwards");
    public static readonly SipFault Contact = new(400, "Bad Contact");
    public static readonly SipFault Repeated = new(400, "Header repeated");
}
