using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Telephony.Sip.Messages;

/// <summary>The <c>host[:port]</c> of a URI and of a Via (RFC 3261 section 25.1), for their parsers and writers.</summary>
internal static class HostPort
{
    private static readonly SearchValues<char> Ipv6Chars = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Reads host name, IPv4 address or bracketed IPv6 address, and a port; white space around them and the colon is allowed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="host">The host, without brackets.</param>
    /// <param name="port">The port, or null when there is none.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out string host, out int? port)
    {
        host = "";
        port = null;
        text = SipText.Trim(text);
        var hostEnd = text is ['[', ..] ? text.IndexOf(']') + 1 : text.IndexOf(':');
        var hostText = SipText.Trim(hostEnd < 0 ? text : text[..hostEnd]);
        var portText = hostEnd < 0 ? [] : SipText.Trim(text[hostEnd..]);
        if (!TryParseHost(hostText, out host))
            return false;
        if (portText.IsEmpty)
            return true;
        if (portText[0] != ':' || !SipText.TryParseNumber(SipText.Trim(portText[1..]), 65_535, out var number))
            return false;
        port = (int)number;
        return true;
    }

    /// <summary>Writes both, with brackets round an IPv6 address.</summary>
    public static string ToString(string host, int? port)
    {
        var bracketed = host.Contains(':') ? $"[{host}]" : host;
        return port is null ? bracketed : $"{bracketed}:{port}";
    }

    private static bool TryParseHost(ReadOnlySpan<char> text, out string host)
    {
        host = "";
        if (text is ['[', .. var inner, ']'])
        {
            // No zone identifiers, which mean nothing beyond the sender's machine, and no prefix lengths.
            if (inner.ContainsAnyExcept(Ipv6Chars) || !IPAddress.TryParse(inner, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
                return false;
            host = inner.ToString();
            return true;
        }
        if (!SipText.IsHostName(text))
            return false;
        host = text.ToString();
        return true;
    }
}
