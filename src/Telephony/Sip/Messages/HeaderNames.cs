using System.Collections.Frozen;
using System.Text;

namespace Telephony.Sip.Messages;

/// <summary>Header names in the spelling that is written; <see cref="SipParser"/> maps any case and the compact forms to these very strings.</summary>
public static class HeaderNames
{
    /// <summary>Body types the sender understands (RFC 3261 section 20.1).</summary>
    public const string Accept = "Accept";

    /// <summary>Content codings the sender understands (RFC 3261 section 20.2).</summary>
    public const string AcceptEncoding = "Accept-Encoding";

    /// <summary>Languages the sender prefers (RFC 3261 section 20.3).</summary>
    public const string AcceptLanguage = "Accept-Language";

    /// <summary>Methods the sender takes (RFC 3261 section 20.5).</summary>
    public const string Allow = "Allow";

    /// <summary>Event packages the sender supports (RFC 6665 section 8.2.2).</summary>
    public const string AllowEvents = "Allow-Events";

    /// <summary>Credentials for a user agent (RFC 3261 section 20.7).</summary>
    public const string Authorization = "Authorization";

    /// <summary>Names the call on both sides (RFC 3261 section 20.8).</summary>
    public const string CallId = "Call-ID";

    /// <summary>Where later requests go (RFC 3261 section 20.10).</summary>
    public const string Contact = "Contact";

    /// <summary>What the body is for (RFC 3261 section 20.11).</summary>
    public const string ContentDisposition = "Content-Disposition";

    /// <summary>Coding of the body (RFC 3261 section 20.12).</summary>
    public const string ContentEncoding = "Content-Encoding";

    /// <summary>Bytes in the body; not kept, <see cref="SipWriter"/> counts anew (RFC 3261 section 20.14).</summary>
    public const string ContentLength = "Content-Length";

    /// <summary>Type of the body (RFC 3261 section 20.15).</summary>
    public const string ContentType = "Content-Type";

    /// <summary>Orders requests of a dialog (RFC 3261 section 20.16).</summary>
    public const string CSeq = "CSeq";

    /// <summary>When the message was first sent (RFC 3261 section 20.17).</summary>
    public const string Date = "Date";

    /// <summary>Who sent the call on (RFC 5806).</summary>
    public const string Diversion = "Diversion";

    /// <summary>Event package of a subscription (RFC 6665 section 8.2.1).</summary>
    public const string Event = "Event";

    /// <summary>Seconds the message or binding stays valid (RFC 3261 section 20.19).</summary>
    public const string Expires = "Expires";

    /// <summary>Who sends the request (RFC 3261 section 20.20).</summary>
    public const string From = "From";

    /// <summary>Earlier targets of the request (RFC 7044).</summary>
    public const string HistoryInfo = "History-Info";

    /// <summary>Signed caller identity (RFC 8224).</summary>
    public const string Identity = "Identity";

    /// <summary>Hops left (RFC 3261 section 20.22).</summary>
    public const string MaxForwards = "Max-Forwards";

    /// <summary>Shortest registration taken (RFC 3261 section 20.23).</summary>
    public const string MinExpires = "Min-Expires";

    /// <summary>Shortest session interval taken (RFC 4028 section 5).</summary>
    public const string MinSe = "Min-SE";

    /// <summary>Caller as the trusted network names it (RFC 3325).</summary>
    public const string PAssertedIdentity = "P-Asserted-Identity";

    /// <summary>Caller's wish for the asserted identity (RFC 3325).</summary>
    public const string PPreferredIdentity = "P-Preferred-Identity";

    /// <summary>Proxies between the registrar and a phone (RFC 3327).</summary>
    public const string Path = "Path";

    /// <summary>What the network shall hide (RFC 3323).</summary>
    public const string Privacy = "Privacy";

    /// <summary>Challenge of a proxy (RFC 3261 section 20.27).</summary>
    public const string ProxyAuthenticate = "Proxy-Authenticate";

    /// <summary>Credentials for a proxy (RFC 3261 section 20.28).</summary>
    public const string ProxyAuthorization = "Proxy-Authorization";

    /// <summary>Extensions a proxy must know (RFC 3261 section 20.29).</summary>
    public const string ProxyRequire = "Proxy-Require";

    /// <summary>The provisional response a PRACK confirms (RFC 3262).</summary>
    public const string RAck = "RAck";

    /// <summary>Why a request was sent (RFC 3326).</summary>
    public const string Reason = "Reason";

    /// <summary>Proxies that stay on the path (RFC 3261 section 20.30).</summary>
    public const string RecordRoute = "Record-Route";

    /// <summary>Where a transfer leads (RFC 3515).</summary>
    public const string ReferTo = "Refer-To";

    /// <summary>Who asked for the transfer (RFC 3892).</summary>
    public const string ReferredBy = "Referred-By";

    /// <summary>Caller as older networks name it (expired draft, still sent).</summary>
    public const string RemotePartyId = "Remote-Party-ID";

    /// <summary>The dialog that a new one takes over (RFC 3891).</summary>
    public const string Replaces = "Replaces";

    /// <summary>Extensions the callee must know (RFC 3261 section 20.32).</summary>
    public const string Require = "Require";

    /// <summary>Seconds until another try makes sense (RFC 3261 section 20.33).</summary>
    public const string RetryAfter = "Retry-After";

    /// <summary>Proxies the request must pass (RFC 3261 section 20.34).</summary>
    public const string Route = "Route";

    /// <summary>Number of a reliable provisional response (RFC 3262).</summary>
    public const string RSeq = "RSeq";

    /// <summary>Software that answers (RFC 3261 section 20.35).</summary>
    public const string Server = "Server";

    /// <summary>Seconds until a session must be refreshed (RFC 4028 section 4).</summary>
    public const string SessionExpires = "Session-Expires";

    /// <summary>What the call is about (RFC 3261 section 20.36).</summary>
    public const string Subject = "Subject";

    /// <summary>State of a subscription (RFC 6665 section 8.2.3).</summary>
    public const string SubscriptionState = "Subscription-State";

    /// <summary>Extensions the sender knows (RFC 3261 section 20.37).</summary>
    public const string Supported = "Supported";

    /// <summary>Sender's clock, echoed in 100 (RFC 3261 section 20.38).</summary>
    public const string Timestamp = "Timestamp";

    /// <summary>Who is called (RFC 3261 section 20.39).</summary>
    public const string To = "To";

    /// <summary>Extensions asked for and not known (RFC 3261 section 20.40).</summary>
    public const string Unsupported = "Unsupported";

    /// <summary>Software that asks (RFC 3261 section 20.41).</summary>
    public const string UserAgent = "User-Agent";

    /// <summary>The way back for responses (RFC 3261 section 20.42).</summary>
    public const string Via = "Via";

    /// <summary>More about a refusal (RFC 3261 section 20.43).</summary>
    public const string Warning = "Warning";

    /// <summary>Challenge of a user agent (RFC 3261 section 20.44).</summary>
    public const string WwwAuthenticate = "WWW-Authenticate";

    private static readonly FrozenDictionary<string, string> Known = BuildKnown();

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> KnownSpans =
        Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The name as it is kept: the constant above for a known name in any case or in its compact form, else the name as spelled.</summary>
    public static string Canonical(string name) => Known.TryGetValue(name, out var known) ? known : name;

    internal static string Canonical(ReadOnlySpan<char> name) => KnownSpans.TryGetValue(name, out var known) ? known : name.ToString();

    internal static bool IsContentLength(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, ContentLength) || Ascii.EqualsIgnoreCase(name, "l");

    private static FrozenDictionary<string, string> BuildKnown()
    {
        string[] names =
        [
            Accept, AcceptEncoding, AcceptLanguage, Allow, AllowEvents, Authorization, CallId, Contact,
            ContentDisposition, ContentEncoding, ContentLength, ContentType, CSeq, Date, Diversion, Event, Expires, From,
            HistoryInfo, Identity, MaxForwards, MinExpires, MinSe, PAssertedIdentity, PPreferredIdentity, Path, Privacy,
            ProxyAuthenticate, ProxyAuthorization, ProxyRequire, RAck, Reason, RecordRoute, ReferTo, ReferredBy, RemotePartyId, Replaces,
            Require, RetryAfter, Route, RSeq, Server, SessionExpires, Subject, SubscriptionState, Supported, Timestamp, To,
            Unsupported, UserAgent, Via, Warning, WwwAuthenticate,
        ];
        // RFC 3261 section 7.3.3 and the IANA registry of SIP header fields.
        (string Spelling, string Name)[] compactForms =
        [
            ("u", AllowEvents), ("i", CallId), ("m", Contact), ("e", ContentEncoding), ("l", ContentLength), ("c", ContentType),
            ("o", Event), ("f", From), ("y", Identity), ("r", ReferTo), ("b", ReferredBy), ("x", SessionExpires), ("s", Subject),
            ("k", Supported), ("t", To), ("v", Via),
        ];
        return names.Select(name => (Spelling: name, Name: name)).Concat(compactForms)
            .ToFrozenDictionary(entry => entry.Spelling, entry => entry.Name, StringComparer.OrdinalIgnoreCase);
    }
}
