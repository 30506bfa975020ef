using Telephony.Sip.Messages;

namespace Telephony.Sip.UserAgents;

/// <summary>The session description in the body of an INVITE, its responses and its ACK.</summary>
internal static class SessionBody
{
    /// <summary>The SDP, or empty when there is none: then an INVITE asks us for the offer.</summary>
    public static ReadOnlyMemory<byte> Of(SipMessage message) =>
        IsSessionDescription(message) ? message.Body
        : MultipartBody.Is(message.ContentType) && TryFindPart(message, out var part) ? part
        : default;

    /// <summary>Puts SDP into a response, unless there is none.</summary>
    public static void Set(SipResponse response, ReadOnlyMemory<byte> sdp)
    {
        if (sdp.IsEmpty)
            return;
        response.ContentType = Capabilities.SessionDescription;
        response.Body = sdp;
    }

    /// <summary>Whether the body is not compressed (RFC 3261 section 20.12).</summary>
    public static bool HasReadableCoding(SipRequest request) =>
        request.Headers.GetFirst(HeaderNames.ContentEncoding) is null or "" or "identity" || request.Body.IsEmpty;

    /// <summary>Whether the body is SDP, or may be ignored (RFC 3261 section 8.2.3).</summary>
    public static bool IsUnderstood(SipRequest request) => request.Body.IsEmpty || IsSessionDescription(request) || IsOptional(request)
        || (MultipartBody.Is(request.ContentType) && TryFindPart(request, out _));

    /// <summary>Type and subtype without parameters, in lower case.</summary>
    public static string MediaType(string value) => value.Split(';', 2)[0].Trim().ToLowerInvariant();

    // A body without a type is against the RFC, and never anything but SDP.
    private static bool IsSessionDescription(SipMessage message) =>
        message.ContentType is null || MediaType(message.ContentType) == Capabilities.SessionDescription;

    private static bool TryFindPart(SipMessage message, out ReadOnlyMemory<byte> part) =>
        MultipartBody.TryFind(message.Body, message.ContentType!, Capabilities.SessionDescription, out part);

    private static bool IsOptional(SipRequest request) =>
        request.Headers.GetFirst(HeaderNames.ContentDisposition) is { } disposition
        && disposition.Split(';').Skip(1).Any(parameter => parameter.Replace(" ", "", StringComparison.Ordinal).Equals("handling=optional", StringComparison.OrdinalIgnoreCase));
}
