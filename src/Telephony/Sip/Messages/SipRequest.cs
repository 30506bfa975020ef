using System.Globalization;

namespace Telephony.Sip.Messages;

/// <summary>A request: method, Request-URI, headers, body (RFC 3261 section 7.1).</summary>
/// <remarks>Comes from <see cref="SipParser"/> or is built by a client transaction's user.</remarks>
public sealed class SipRequest : SipMessage
{
    /// <summary>Starts a request without headers.</summary>
    /// <exception cref="ArgumentException">The method is no token.</exception>
    public SipRequest(string method, SipUri requestUri)
    {
        if (!SipText.IsToken(method))
            throw new ArgumentException($"'{method}' is no method.", nameof(method));
        Method = method;
        RequestUri = requestUri;
    }

    /// <summary>The method, case-sensitive; see <see cref="SipMethods"/>.</summary>
    public string Method { get; }

    /// <summary>Whom the request is for.</summary>
    public SipUri RequestUri { get; set; }

    /// <summary>Hops left; null when the request does not say.</summary>
    public int? MaxForwards
    {
        get => SipText.TryParseNumber(Headers.GetFirst(HeaderNames.MaxForwards), 255, out var hops) ? (int)hops : null;
        set
        {
            if (value is { } hops)
                Headers.Set(HeaderNames.MaxForwards, hops.ToString(CultureInfo.InvariantCulture));
            else
                Headers.Remove(HeaderNames.MaxForwards);
        }
    }

    /// <summary>The start line.</summary>
    public override string ToString() => $"{Method} {RequestUri} SIP/2.0";
}
