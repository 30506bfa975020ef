using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;

namespace Telephony.Sip.UserAgents;

/// <summary>Which call an INVITE is to take the place of, or why it takes none (RFC 3891 section 3).</summary>
/// <param name="Replaced">The dialog; null where the INVITE replaces nothing.</param>
/// <param name="Refusal">What the INVITE is refused with; null where it may go on.</param>
internal readonly record struct ReplacesCheck(InviteDialog? Replaced, RequestRefusal? Refusal)
{
    /// <summary>Reads the header of an INVITE outside a dialog.</summary>
    public static ReplacesCheck Of(SipRequest invite, DialogLayer dialogs)
    {
        if (!invite.Headers.Contains(HeaderNames.Replaces))
            return default;
        if (invite.Headers.GetValues(HeaderNames.Replaces) is not [var value] || !ReplacesHeader.TryParse(value, out var replaces))
            return new(null, new RequestRefusal(400, "Bad Replaces"));
        return dialogs.Find(replaces.Dialog) is InviteDialog dialog ? Of(dialog, replaces.IsEarlyOnly)
            : new(null, new RequestRefusal(dialogs.HasEnded(replaces.Dialog) ? 603 : 481));
    }

    private static ReplacesCheck Of(InviteDialog dialog, bool isEarlyOnly) => dialog.Phase switch
    {
        DialogPhase.Early => dialog.Dialog.IsOurs ? new(dialog, null) : new(null, new RequestRefusal(481)),
        DialogPhase.Answered or DialogPhase.Confirmed => isEarlyOnly ? new(null, new RequestRefusal(486)) : new(dialog, null),
        _ => new(null, new RequestRefusal(603)),
    };
}
