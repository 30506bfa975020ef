using System.Text;
using System.Text.RegularExpressions;

namespace Telephony.Sip.Ladders;

/// <summary>Takes out of a SIP message what nobody may read later: credentials, keys of SRTP, and the digits that a caller presses.</summary>
internal static class LadderRedaction
{
    private const string Removed = "(removed)";

    // Strangers write these messages: no pattern takes longer than its text is long.
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    private static readonly Regex Credentials = new(@"^(?<head>(Proxy-)?Authorization|Authentication-Info)[ \t]*:[^\r\n]*(\r?\n[ \t][^\r\n]*)*", Linear);
    private static readonly Regex Keys = new(@"^(?<head>a=crypto:[^\r\n]*?inline:)[^\r\n]*", Linear);
    private static readonly Regex IcePassword = new(@"^(?<head>a=ice-pwd:|k=)[^\r\n]*", Linear);
    private static readonly Regex DtmfBody = new(@"^(Content-Type|c)[ \t]*:[ \t]*application/dtmf", Linear);
    private static readonly Regex DtmfDigit = new(@"^(?<head>[ \t]*(Signal[ \t]*=[ \t]*)?)([0-9]{1,2}|[A-D*#])(?<end>[ \t]*\r?)$", Linear);

    /// <summary>The message as text, without all that.</summary>
    public static string Apply(ReadOnlySpan<byte> message)
    {
        var text = Encoding.UTF8.GetString(message);
        text = Credentials.Replace(text, $"${{head}}: {Removed}");
        text = Keys.Replace(text, $"${{head}}{Removed}");
        text = IcePassword.Replace(text, $"${{head}}{Removed}");
        return text.Contains("dtmf", StringComparison.OrdinalIgnoreCase) ? Digits(text) : text;
    }

    // application/dtmf-relay says "Signal=5", application/dtmf nothing but the digit.
    private static string Digits(string text)
    {
        var body = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (body < 0 || !DtmfBody.IsMatch(text[..body]))
            return text;
        return text[..body] + DtmfDigit.Replace(text[body..], "${head}*${end}");
    }
}
