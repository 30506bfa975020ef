using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Telephony.Sip.Messages;

/// <summary>A SIP or SIPS URI in its parts, or a URI of another scheme kept whole (RFC 3261 section 19.1).</summary>
/// <remarks>Record equality compares spelling; <see cref="Matches"/> compares meaning.</remarks>
public sealed record SipUri
{
    private const string SipScheme = Plain;
    private const string SipsScheme = Secure;

    /// <summary>Scheme of a URI that any transport may be used for.</summary>
    internal const string Plain = "sip";

    /// <summary>Scheme of a URI that only TLS may be used for.</summary>
    internal const string Secure = "sips";

    private static readonly SearchValues<char> SchemeChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");

    // Beyond the RFC's set phones send '#' and letters of UTF-8; what could be taken for the end of the URI stays out.
    private static readonly SearchValues<char> Delimiters = SearchValues.Create(" <>\"\\" + SipText.Controls);

    /// <summary>Scheme in lower case.</summary>
    public string Scheme { get; init; } = SipScheme;

    /// <summary>User and password as spelled, escapes kept; null when there is no <c>@</c>.</summary>
    public string? UserInfo { get; init; }

    /// <summary>The user without escapes (for <c>tel:</c> the number); set it to escape what needs it. Null when there is none.</summary>
    public string? User
    {
        get => UserText is { } text ? PercentEncoding.Unescape(text) : null;
        init => UserInfo = value is null ? null : PercentEncoding.EscapeUser(value);
    }

    /// <summary>Host name or address, an IPv6 address without brackets; empty for other schemes.</summary>
    public string Host { get; init; } = "";

    /// <summary>Port, or null when none is given, which is not the same as 5060 (RFC 3261 section 19.1.4).</summary>
    public int? Port { get; init; }

    /// <summary>URI parameters as spelled.</summary>
    public SipParameters Parameters { get; init; }

    /// <summary>What follows the question mark, as spelled; null when there is none.</summary>
    public string? Headers { get; init; }

    /// <summary>Everything behind the colon of another scheme; null for SIP and SIPS.</summary>
    public string? Opaque { get; init; }

    /// <summary>Whether the scheme is one a SIP element serves; any other is answered 416.</summary>
    public bool IsSip => Scheme is SipScheme or SipsScheme;

    /// <summary>Whether only TLS may be used.</summary>
    public bool IsSecure => Scheme is SipsScheme;

    /// <summary>Stands for the Request-URI of a request that is answered 400 because its own could not be read.</summary>
    internal static SipUri Unreadable { get; } = new() { Scheme = "unreadable", Opaque = "unreadable" };

    private string? UserText
    {
        get
        {
            if (Opaque is not null)
                return Scheme is "tel" ? Before(Opaque, ';') : null;
            return UserInfo is null ? null : Before(UserInfo, ':');
        }
    }

    /// <summary>Reads a URI without angle brackets; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SipUri? uri)
    {
        uri = null;
        var colon = text.IndexOf(':');
        if (colon < 1 || !char.IsAsciiLetter(text[0]) || text[..colon].ContainsAnyExcept(SchemeChars))
            return false;
        var rest = text[(colon + 1)..];
        if (rest.IsEmpty || rest.ContainsAny(Delimiters))
            return false;
        var scheme = SchemeName(text[..colon]);
        if (scheme is SipScheme or SipsScheme)
            return TryParseSip(scheme, rest, out uri);
        uri = new SipUri { Scheme = scheme, Opaque = rest.ToString() };
        return true;
    }

    /// <summary>Value of a URI parameter without escapes, empty when it has none, null when it is not there.</summary>
    public string? GetParameter(string name)
    {
        foreach (var parameter in Parameters)
        {
            if (PercentEncoding.Equivalent(parameter.Name, name, ignoreCase: true))
                return PercentEncoding.Unescape(parameter.Value);
        }
        return null;
    }

    /// <summary>Whether both URIs name the same resource (RFC 3261 section 19.1.4). Not transitive.</summary>
    public bool Matches(SipUri other) => SipUriComparison.Matches(this, other);

    /// <summary>The URI as it is written.</summary>
    public override string ToString()
    {
        if (Opaque is not null)
            return $"{Scheme}:{Opaque}";
        var user = UserInfo is null ? "" : UserInfo + "@";
        var headers = Headers is null ? "" : "?" + Headers;
        return $"{Scheme}:{user}{HostPort.ToString(Host, Port)}{Parameters}{headers}";
    }

    private static bool TryParseSip(string scheme, ReadOnlySpan<char> rest, [NotNullWhen(true)] out SipUri? uri)
    {
        uri = null;
        // Question marks, semicolons and slashes are legal in the user part, so the at sign comes first.
        var at = rest.IndexOf('@');
        var userInfo = at < 0 ? null : rest[..at].ToString();
        if (userInfo is "" or [':', ..])
            return false;
        rest = rest[(at + 1)..];

        var question = rest.IndexOf('?');
        var headers = question < 0 ? null : rest[(question + 1)..].ToString();
        if (headers is not null && !AreHeaders(headers))
            return false;
        rest = question < 0 ? rest : rest[..question];

        var semicolon = rest.IndexOf(';');
        var hostText = semicolon < 0 ? rest : rest[..semicolon];
        if (!HostPort.TryParse(hostText, out var host, out var port) || !SipParameters.TryParse(semicolon < 0 ? [] : rest[semicolon..], out var parameters))
            return false;
        uri = new SipUri { Scheme = scheme, UserInfo = userInfo, Host = host, Port = port, Parameters = parameters, Headers = headers };
        return true;
    }

    private static bool AreHeaders(ReadOnlySpan<char> headers)
    {
        var count = 0;
        foreach (var range in headers.Split('&'))
        {
            var header = headers[range];
            if (header.IndexOf('=') < 1 || header.Contains('@') || ++count > SipLimits.MaxParameters)
                return false;
        }
        return true;
    }

    private static string Before(string text, char end)
    {
        var at = text.IndexOf(end);
        return at < 0 ? text : text[..at];
    }

    private static string SchemeName(ReadOnlySpan<char> text) => text switch
    {
        "sip" => SipScheme,
        "sips" => SipsScheme,
        _ => text.ToString().ToLowerInvariant(),
    };
}
