using System.Collections.Frozen;

namespace Telephony.Sip.Messages;

/// <summary>Names of the request methods, interned by <see cref="SipParser"/>; methods are case-sensitive (RFC 3261 section 7.1).</summary>
public static class SipMethods
{
    /// <summary>Opens or changes a session (RFC 3261 section 13).</summary>
    public const string Invite = "INVITE";

    /// <summary>Confirms the final response to an INVITE and is never answered (RFC 3261 section 17).</summary>
    public const string Ack = "ACK";

    /// <summary>Ends a session (RFC 3261 section 15).</summary>
    public const string Bye = "BYE";

    /// <summary>Gives up a pending INVITE (RFC 3261 section 9).</summary>
    public const string Cancel = "CANCEL";

    /// <summary>Asks what a user agent can do (RFC 3261 section 11).</summary>
    public const string Options = "OPTIONS";

    /// <summary>Binds an address to a contact (RFC 3261 section 10).</summary>
    public const string Register = "REGISTER";

    /// <summary>Carries application data in a dialog, such as DTMF (RFC 6086).</summary>
    public const string Info = "INFO";

    /// <summary>Changes a session before it is answered, or refreshes it (RFC 3311).</summary>
    public const string Update = "UPDATE";

    /// <summary>Acknowledges a reliable provisional response (RFC 3262).</summary>
    public const string Prack = "PRACK";

    /// <summary>Asks the peer to call somebody else (RFC 3515).</summary>
    public const string Refer = "REFER";

    /// <summary>Reports an event (RFC 6665).</summary>
    public const string Notify = "NOTIFY";

    /// <summary>Asks for reports of an event (RFC 6665).</summary>
    public const string Subscribe = "SUBSCRIBE";

    /// <summary>Carries an instant message (RFC 3428).</summary>
    public const string Message = "MESSAGE";

    /// <summary>Hands in event state (RFC 3903).</summary>
    public const string Publish = "PUBLISH";

    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        Invite, Ack, Bye, Cancel, Options, Register, Info, Update, Prack, Refer, Notify, Subscribe, Message, Publish);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> KnownSpans = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether an RFC of this list defines the method; an unknown one is answered 501, a known one out of place 405.</summary>
    public static bool IsKnown(string method) => Known.Contains(method);

    internal static string Intern(ReadOnlySpan<char> method) =>
        KnownSpans.TryGetValue(method, out var known) ? known : method.ToString();
}
