using System.Buffers;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Identity;

/// <summary>The telephone number that a URI names, in one spelling: of <c>tel:</c> URIs (RFC 3966) and of SIP URIs whose user is a number (RFC 3261 section 19.1.6).</summary>
internal static class TelephoneNumber
{
    private const string NorthAmerica = "1";

    // RFC 3966 section 3: digits, the letters of DTMF, and between them what only people read; %20 is no part of it, but phones send it.
    private static readonly SearchValues<char> Dialled = SearchValues.Create("0123456789*#");
    private static readonly SearchValues<char> Spelled = SearchValues.Create("0123456789*#-.() ");

    /// <summary>The user of a SIP URI or the number of a tel URI: a number without its visual separators, anything else as it is; null when there is none.</summary>
    /// <remarks>A local number with a prefix as its <c>phone-context</c> comes back as the global number that both make.</remarks>
    public static string? Of(SipUri uri)
    {
        var isTel = uri.Scheme is "tel";
        var text = isTel ? uri.Opaque : uri.User;
        if (string.IsNullOrEmpty(text))
            return null;
        var end = text.IndexOf(';', StringComparison.Ordinal);
        var number = (end < 0 ? text : text[..end]).Trim();
        if (number.Length == 0)
            return null;
        var isNumber = isTel || number[0] == '+' || string.Equals(uri.GetParameter("user"), "phone", StringComparison.OrdinalIgnoreCase);
        if (!isNumber || number.AsSpan(number[0] == '+' ? 1 : 0).ContainsAnyExcept(Spelled))
            return number;
        return Prefix(number, end < 0 ? "" : text[end..]) + WithoutSeparators(number);
    }

    /// <summary>The digits of a global number, which STIR compares (RFC 8224 section 8.3); null for anything else.</summary>
    /// <param name="number">As <see cref="Of"/> gives it.</param>
    /// <param name="countryCode">Country code of numbers that are written in the national way; empty for none.</param>
    public static string? Global(string? number, string countryCode = "")
    {
        if (string.IsNullOrEmpty(number))
            return null;
        var digits = number[0] == '+' ? number[1..] : NationalDigits(number, countryCode);
        return digits is { Length: >= 3 and <= 15 } && digits.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 ? digits : null;
    }

    // 00 is the international prefix in most of the world; other prefixes differ too much to be guessed. In North America a number has ten digits and no trunk prefix.
    private static string NationalDigits(string number, string countryCode)
    {
        if (number.StartsWith("00", StringComparison.Ordinal))
            return number[2..];
        if (countryCode == NorthAmerica)
            return number.Length == 10 ? countryCode + number : number;
        return number[0] == '0' && countryCode.Length > 0 ? countryCode + number[1..] : number;
    }

    private static string Prefix(string number, string parameters)
    {
        if (number[0] == '+' || !SipParameters.TryParse(parameters, out var parsed))
            return "";
        var context = parsed.Get("phone-context");
        return context is ['+', _, ..] && !context.AsSpan(1).ContainsAnyExcept(Spelled) ? WithoutSeparators(context) : "";
    }

    private static string WithoutSeparators(string number)
    {
        var start = number[0] == '+' ? 1 : 0;
        return number.AsSpan(start).ContainsAnyExcept(Dialled)
            ? number[..start] + string.Concat(number.Skip(start).Where(Dialled.Contains))
            : number;
    }
}
