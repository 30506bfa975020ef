namespace Crm;

/// <summary>Brings phone numbers into one form, so that the one in the contacts and the one on the line can be compared: E.164 where the country is known.</summary>
public static class PhoneNumber
{
    private const int MaxDigits = 15;      // E.164
    private const int ShortestPublic = 7;  // below it is an extension or a short code
    private const int ShortestWithCode = 10;

    // What networks write in the place of a withheld number (RFC 3323 and habit).
    private static readonly string[] Withheld = ["anonymous", "unknown", "unavailable", "restricted", "private", "withheld"];

    /// <summary>The number as <c>+</c> and digits, or digits only where nobody says which country it is in; a SIP account stays a name; empty when it is
    /// withheld or none.</summary>
    /// <param name="text">As written, spoken or signalled, such as <c>030 / 123 45-67</c> or <c>sip:+4930123@host</c>.</param>
    /// <param name="countryCode">Of numbers without one; empty for none.</param>
    public static string Normalise(string text, string countryCode)
    {
        text = User(text.Trim());
        if (IsAccount(text))
            return Withheld.Contains(text, StringComparer.OrdinalIgnoreCase) ? "" : text.ToLowerInvariant();
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        if (digits.Length is 0 or > MaxDigits + 2)
            return "";
        if (text.StartsWith('+'))
            return "+" + digits;
        if (digits.StartsWith("00", StringComparison.Ordinal))
            return "+" + digits[2..];
        if (countryCode.Length == 0 || digits.Length < ShortestPublic)
            return digits;
        if (digits[0] == '0')
            return "+" + countryCode + digits[1..];
        return "+" + (HasCode(digits, countryCode) ? "" : countryCode) + digits;
    }

    // Trunks leave out the plus; a local number that happens to begin like that is shorter.
    private static bool HasCode(string digits, string countryCode) => digits.StartsWith(countryCode, StringComparison.Ordinal) && digits.Length >= ShortestWithCode;

    private static bool IsAccount(string text) =>
        text.Length is > 0 and <= 64 && text.Any(char.IsAsciiLetter) && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');

    private static string User(string text)
    {
        var start = text.IndexOf(':', StringComparison.Ordinal) + 1;
        var end = text.IndexOfAny(['@', ';'], start);
        return end < 0 ? text[start..] : text[start..end];
    }
}
