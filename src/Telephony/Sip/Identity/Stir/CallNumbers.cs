using Telephony.Sip.Messages;

namespace Telephony.Sip.Identity.Stir;

/// <summary>Who calls whom in a request, in the form that tokens are compared with (RFC 8224 section 8).</summary>
internal sealed class CallNumbers(SipRequest invite, bool trustsIdentity, string countryCode)
{
    private readonly SipUri _caller = CallerReader.CallerUri(invite, trustsIdentity);

    /// <summary>Of numbers without one.</summary>
    public string CountryCode => countryCode;

    /// <summary>Digits of the caller's number, privacy or not; null when it is none.</summary>
    public string? CallerDigits => Digits(_caller);

    /// <summary>Whether a token's <c>orig</c> is the caller.</summary>
    public bool IsCaller(string name) => IsSame(name, _caller);

    /// <summary>Whether a token's <c>dest</c> is whom the call is for: at first (To), or now, after somebody sent it on.</summary>
    public bool IsCallee(string name) => IsSame(name, invite.To.Uri) || IsSame(name, invite.RequestUri);

    // A token names a number by its digits, and anything else as a URI, of which user and host count.
    private bool IsSame(string name, SipUri uri)
    {
        if (Digits(uri) is { } digits)
            return TelephoneNumber.Global(name, countryCode) == digits;
        return SipUri.TryParse(name, out var other) && other.IsSip && uri.IsSip && other.User == uri.User && other.Host.Equals(uri.Host, StringComparison.OrdinalIgnoreCase);
    }

    private string? Digits(SipUri uri) => TelephoneNumber.Global(TelephoneNumber.Of(uri), countryCode);
}
