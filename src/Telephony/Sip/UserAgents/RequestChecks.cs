using Telephony.Sip.Messages;

namespace Telephony.Sip.UserAgents;

/// <summary>Why a request is refused before anybody looks at what it means.</summary>
/// <param name="StatusCode">The response.</param>
/// <param name="ReasonPhrase">Null for the usual one.</param>
/// <param name="Header">A header that tells the sender what would do.</param>
internal sealed record RequestRefusal(int StatusCode, string? ReasonPhrase = null, SipHeader? Header = null);

/// <summary>The inspection of a request in the order of RFC 3261 section 8.2: method, header, content.</summary>
internal static class RequestChecks
{
    private const int UnsupportedUriScheme = 416;

    /// <summary>Null when the request may be processed.</summary>
    /// <param name="request">Any request but ACK and CANCEL.</param>
    /// <param name="isMerged">Whether it came another way already.</param>
    /// <param name="isSecure">Whether it came over TLS.</param>
    /// <param name="isRegistrar">Whether there are users who may register.</param>
    public static RequestRefusal? Check(SipRequest request, bool isMerged, bool isSecure, bool isRegistrar) =>
        CheckIdentity(request) ?? (isRegistrar && request.Method == SipMethods.Register ? null : CheckMethod(request)) ?? CheckHeaders(request, isMerged, isSecure) ?? (request.Method is SipMethods.Invite or SipMethods.Prack or SipMethods.Update ? CheckContent(request) : null);

    /// <summary>Who calls must be a party that SIP can name, whatever the method.</summary>
    private static RequestRefusal? CheckIdentity(SipRequest request) =>
        request.From.Uri is { IsSip: false, Scheme: not "tel" } ? new(400, "Unknown URI scheme in From") : null;

    private static RequestRefusal? CheckMethod(SipRequest request)
    {
        if (!SipMethods.IsKnown(request.Method))
            return new(501, Header: Allow());
        // Whether it is taken is for the call to say that it comes in.
        return Capabilities.Allows(request.Method) || (request.Method == SipMethods.Refer && request.To.Tag is not null) ? null : new(405, Header: Allow());
    }

    private static RequestRefusal? CheckHeaders(SipRequest request, bool isMerged, bool isSecure)
    {
        // SIPS promises TLS on every hop, the last one too (RFC 5630 section 3.1.3): without it the promise is broken already.
        if (request.RequestUri is not { Scheme: SipUri.Plain or "tel" } && !(request.RequestUri.IsSecure && isSecure))
            return new(UnsupportedUriScheme);
        if (request.RequestUri.Headers is not null)
            return new(400, "Headers in Request-URI");
        if (request.Headers.GetFirst(HeaderNames.Date) is { } date && !date.EndsWith("GMT", StringComparison.Ordinal))
            return new(400, "Date Not In GMT");   // RFC 3261 section 20.17
        if (isMerged)
            return new(482, "Merged Request");
        if (request.Method != SipMethods.Invite && request.Headers.Contains(HeaderNames.Replaces))
            return new(400, "Replaces Outside INVITE");   // RFC 3891 section 3
        var required = request.Headers.GetValues(HeaderNames.Require).Where(tag => !Capabilities.Supports(tag, request.Method)).ToList();
        return required.Count == 0 ? null : new(420, Header: new(HeaderNames.Unsupported, string.Join(", ", required)));
    }

    private static RequestRefusal? CheckContent(SipRequest request)
    {
        if (!SessionBody.HasReadableCoding(request))
            return new(415, Header: new(HeaderNames.AcceptEncoding, "identity"));
        if (!SessionBody.IsUnderstood(request))
            return new(415, Header: new(HeaderNames.Accept, Capabilities.Accept));
        return AcceptsSessionDescription(request) ? null : new(406, Header: new(HeaderNames.Accept, Capabilities.Accept));
    }

    /// <summary>The answer to INVITE is SDP; without an Accept header that is taken for granted (RFC 3261 section 20.1).</summary>
    private static bool AcceptsSessionDescription(SipRequest request)
    {
        var accepted = request.Headers.GetValues(HeaderNames.Accept);
        return accepted.Count == 0 || accepted.Any(range => SessionBody.MediaType(range) is "*/*" or "application/*" or Capabilities.SessionDescription);
    }

    private static SipHeader Allow() => new(HeaderNames.Allow, Capabilities.Allow);
}
