namespace Telephony.Sip.Messages;

/// <summary>A response: status code, reason phrase, headers, body (RFC 3261 section 7.2).</summary>
/// <remarks>Comes from <see cref="SipParser"/> or from <see cref="For"/>.</remarks>
public sealed class SipResponse : SipMessage
{
    /// <summary>Starts a response without headers.</summary>
    /// <exception cref="ArgumentException">The code is not 100 to 699, or the phrase holds a line end.</exception>
    public SipResponse(int statusCode, string? reasonPhrase = null)
    {
        if (statusCode is < 100 or > 699)
            throw new ArgumentException($"{statusCode} is no status code.", nameof(statusCode));
        if (reasonPhrase.AsSpan().ContainsAny('\r', '\n'))
            throw new ArgumentException("The reason phrase holds a line end.", nameof(reasonPhrase));
        StatusCode = statusCode;
        ReasonPhrase = reasonPhrase ?? ReasonPhrases.For(statusCode);
    }

    /// <summary>100 to 699.</summary>
    public int StatusCode { get; }

    /// <summary>Words for people; may be empty.</summary>
    public string ReasonPhrase { get; }

    /// <summary>1xx: more will follow.</summary>
    public bool IsProvisional => StatusCode < 200;

    /// <summary>2xx to 6xx: ends the transaction.</summary>
    public bool IsFinal => StatusCode >= 200;

    /// <summary>2xx.</summary>
    public bool IsSuccess => StatusCode is >= 200 and < 300;

    /// <summary>A response to that request with what must be copied from it (RFC 3261 sections 8.2.6 and 12.1.1).</summary>
    /// <param name="request">The request; its Via, From, To, Call-ID and CSeq are copied as spelled, as far as they are there.</param>
    /// <param name="statusCode">100 to 699.</param>
    /// <param name="reasonPhrase">Null for the RFC's own.</param>
    /// <param name="toTag">Added to To when that has no tag; null, as for 100, adds none.</param>
    public static SipResponse For(SipRequest request, int statusCode, string? reasonPhrase = null, string? toTag = null)
    {
        var response = new SipResponse(statusCode, reasonPhrase);
        CopyAll(request, response, HeaderNames.Via);
        if (MayFormDialog(request.Method, statusCode))
            CopyAll(request, response, HeaderNames.RecordRoute);
        CopyFirst(request, response, HeaderNames.From);
        CopyTo(request, response, toTag);
        CopyFirst(request, response, HeaderNames.CallId);
        CopyFirst(request, response, HeaderNames.CSeq);
        if (statusCode == 100)
            CopyFirst(request, response, HeaderNames.Timestamp);
        return response;
    }

    /// <summary>The start line.</summary>
    public override string ToString() => $"SIP/2.0 {StatusCode} {ReasonPhrase}";

    private static bool MayFormDialog(string method, int statusCode) =>
        statusCode is > 100 and < 300 && (method is SipMethods.Invite or SipMethods.Subscribe or SipMethods.Refer);

    private static void CopyTo(SipRequest request, SipResponse response, string? toTag)
    {
        CopyFirst(request, response, HeaderNames.To);
        // A To that cannot be read (the request is answered 400) goes back as it came.
        if (toTag is not null && response.FindTo() is { Tag: null } to)
            response.To = to.WithTag(toTag);
    }

    private static void CopyAll(SipRequest request, SipResponse response, string name)
    {
        foreach (var value in request.Headers.GetLines(name))
            response.Headers.AddChecked(name, value);
    }

    private static void CopyFirst(SipRequest request, SipResponse response, string name)
    {
        if (request.Headers.GetFirst(name) is { } value)
            response.Headers.AddChecked(name, value);
    }
}
