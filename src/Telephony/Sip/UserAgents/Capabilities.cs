using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;

namespace Telephony.Sip.UserAgents;

/// <summary>What we say about ourselves in responses: Allow, Supported, Accept, Server.</summary>
internal static class Capabilities
{
    /// <summary>The one body type of an INVITE.</summary>
    public const string SessionDescription = "application/sdp";

    /// <summary>Value of Accept (RFC 3261 section 20.1).</summary>
    public const string Accept = SessionDescription + ", multipart/mixed";

    /// <summary>Value of Allow (RFC 3261 section 20.5).</summary>
    public const string Allow = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, NOTIFY, PRACK, UPDATE";

    /// <summary>Value of Allow in a call whose peer may ask us to call somebody else.</summary>
    public const string AllowWithRefer = Allow + ", " + SipMethods.Refer;

    /// <summary>Extensions that may be required of us (RFC 3261 section 20.37).</summary>
    public const string Supported = ReliableProvisionals.OptionTag + ", " + SessionInterval.OptionTag + ", " + ReplacesHeader.OptionTag;

    /// <summary>Whether the method is one of <see cref="Allow"/>.</summary>
    public static bool Allows(string method) =>
        method is SipMethods.Invite or SipMethods.Ack or SipMethods.Bye or SipMethods.Cancel or SipMethods.Options or SipMethods.Info or SipMethods.Notify
            or SipMethods.Prack or SipMethods.Update;

    /// <summary>Whether an extension is one of <see cref="Supported"/>.</summary>
    /// <remarks>Proxies between us and a phone register with it (RFC 3327).</remarks>
    public static bool Supports(string optionTag, string method) =>
        optionTag.Equals(ReliableProvisionals.OptionTag, StringComparison.OrdinalIgnoreCase)
        || optionTag.Equals(SessionInterval.OptionTag, StringComparison.OrdinalIgnoreCase)
        || optionTag.Equals(ReplacesHeader.OptionTag, StringComparison.OrdinalIgnoreCase)
        || (method == SipMethods.Register && optionTag.Equals("path", StringComparison.OrdinalIgnoreCase));

    /// <summary>Adds Allow, Supported and Accept, as 200 to INVITE and OPTIONS should carry them (RFC 3261 sections 11.2 and 13.3.1.4).</summary>
    /// <param name="response">The response.</param>
    /// <param name="takesRefer">Whether the peer may ask us to call somebody else.</param>
    public static void Describe(SipResponse response, bool takesRefer = false)
    {
        response.Headers.Add(HeaderNames.Allow, takesRefer ? AllowWithRefer : Allow);
        response.Headers.Add(HeaderNames.Supported, Supported);
        response.Headers.Add(HeaderNames.Accept, Accept);
    }
}
