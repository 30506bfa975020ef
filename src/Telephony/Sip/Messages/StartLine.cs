using System.Buffers;

namespace Telephony.Sip.Messages;

/// <summary>First line of a message -> request or response without headers (RFC 3261 sections 7.1 and 7.2), for <see cref="SipParser"/>.</summary>
internal static class StartLine
{
    private const string Version = "SIP/2.0";

    private static readonly SearchValues<char> VersionChars = SearchValues.Create("0123456789.");

    /// <summary>Reads the line.</summary>
    /// <param name="line">The bytes without line end.</param>
    /// <param name="message">
    /// The message; on a fault still a request when its method could be read, so that it can be answered, and else null.
    /// </param>
    /// <returns>The fault, or null.</returns>
    public static SipFault? Parse(ReadOnlySpan<byte> line, out SipMessage? message)
    {
        message = null;
        if (line.Length > SipLimits.MaxHeaderBytes)
            return SipFault.HeaderTooLong;
        ReadOnlySpan<char> text = SipText.Decode(line);
        var gap = text.IndexOf(' ');
        if (gap < 0)
            return SipFault.StartLine;
        return text.StartsWith("SIP/", StringComparison.OrdinalIgnoreCase)
            ? ParseStatusLine(text[..gap], text[(gap + 1)..], out message)
            : ParseRequestLine(text[..gap], text[(gap + 1)..], out message);
    }

    // Single spaces only: what a lenient reader makes of more may differ from what the next element makes of it.
    private static SipFault? ParseRequestLine(ReadOnlySpan<char> method, ReadOnlySpan<char> rest, out SipMessage? message)
    {
        message = null;
        if (!SipText.IsToken(method))
            return SipFault.StartLine;
        var request = new SipRequest(SipMethods.Intern(method), SipUri.Unreadable);
        message = request;
        var gap = rest.IndexOf(' ');
        if (gap < 0)
            return SipFault.StartLine;
        if (CheckVersion(rest[(gap + 1)..]) is { } fault)
            return fault;
        // Headers are not allowed in a Request-URI (RFC 3261 section 19.1.1, table 1).
        if (!SipUri.TryParse(rest[..gap], out var uri) || uri.Headers is not null)
            return SipFault.RequestUri;
        request.RequestUri = uri;
        return null;
    }

    private static SipFault? ParseStatusLine(ReadOnlySpan<char> version, ReadOnlySpan<char> rest, out SipMessage? message)
    {
        message = null;
        if (CheckVersion(version) is { } fault)
            return fault;
        var codeText = rest.Length > 3 ? rest[..3] : rest;
        if (!SipText.TryParseNumber(codeText, 699, out var code) || code < 100 || (rest.Length > 3 && rest[3] != ' '))
            return SipFault.StartLine;
        var phrase = rest.Length > 4 ? rest[4..] : [];
        if (phrase.ContainsAnyInRange('\0', '\x1f'))
            return SipFault.StartLine;
        message = new SipResponse((int)code, phrase.ToString());
        return null;
    }

    private static SipFault? CheckVersion(ReadOnlySpan<char> version)
    {
        if (version.Equals(Version, StringComparison.OrdinalIgnoreCase))
            return null;
        var isOtherVersion = version.Length >= 7 && version.StartsWith("SIP/", StringComparison.OrdinalIgnoreCase)
            && !version[4..].ContainsAnyExcept(VersionChars);
        return isOtherVersion ? SipFault.Version : SipFault.StartLine;
    }
}
