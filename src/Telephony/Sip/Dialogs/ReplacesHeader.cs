using System.Diagnostics.CodeAnalysis;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Dialogs;

/// <summary>Value of a Replaces header: the dialog whose place a new call is to take (RFC 3891 section 6.1).</summary>
/// <param name="Dialog">The dialog, as whoever reads the header knows it.</param>
/// <param name="IsEarlyOnly">Whether only a call that is not answered yet may be taken.</param>
internal sealed record ReplacesHeader(DialogId Dialog, bool IsEarlyOnly)
{
    /// <summary>The extension's name in Supported and Require.</summary>
    public const string OptionTag = "replaces";

    /// <summary>Reads the value; never throws. Call-ID and both tags must be there.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out ReplacesHeader? replaces)
    {
        replaces = null;
        var semicolon = value.IndexOf(';');
        var callId = SipText.Trim(semicolon < 0 ? value : value.AsSpan(0, semicolon));
        if (semicolon < 0 || callId.IsEmpty || callId.ContainsAnyExceptInRange('!', '~') || callId.Contains(',') || !SipParameters.TryParse(value.AsSpan(semicolon), out var parameters))
            return false;
        if (parameters.Get("to-tag") is not { } toTag || parameters.Get("from-tag") is not { } fromTag || !SipText.IsToken(toTag) || !SipText.IsToken(fromTag))
            return false;
        // A peer of RFC 2543 has no tag, which is written as 0 (RFC 3891 section 6.1).
        replaces = new ReplacesHeader(new DialogId(callId.ToString(), toTag, fromTag == "0" ? "" : fromTag), parameters.Contains("early-only"));
        return true;
    }

    /// <summary>The header value.</summary>
    public override string ToString() =>
        $"{Dialog.SipCallId};to-tag={Dialog.LocalTag};from-tag={(Dialog.RemoteTag.Length > 0 ? Dialog.RemoteTag : "0")}{(IsEarlyOnly ? ";early-only" : "")}";
}
