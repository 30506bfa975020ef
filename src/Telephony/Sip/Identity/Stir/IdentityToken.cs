using System.Diagnostics.CodeAnalysis;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Identity.Stir;

/// <summary>One value of an Identity header in its parts (RFC 8224 section 4): token, where the certificate is, algorithm, kind of token.</summary>
/// <param name="Header">First part of the token in base64url; empty in the compact form.</param>
/// <param name="Payload">Second part; empty in the compact form.</param>
/// <param name="Signature">Third part.</param>
/// <param name="Info">Address of the certificate, as written; empty when missing.</param>
/// <param name="Algorithm">Algorithm; ES256 when not said.</param>
/// <param name="Kind">The ppt parameter, such as <c>shaken</c>; null when not said.</param>
internal sealed record IdentityToken(string Header, string Payload, string Signature, string Info, string Algorithm, string? Kind)
{
    /// <summary>Whether header and payload are left out, to be written anew from the request (RFC 8224 section 7).</summary>
    public bool IsCompact => Header.Length == 0;

    /// <summary>What is signed.</summary>
    public string SignedText => $"{Header}.{Payload}";

    /// <summary>Reads one value; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, [NotNullWhen(true)] out IdentityToken? token)
    {
        token = null;
        var end = value.IndexOf(';');
        var text = SipText.Trim(end < 0 ? value : value[..end]).Trim('"');   // drafts before the RFC quoted it
        Span<Range> parts = stackalloc Range[4];
        if (text.Split(parts, '.') != 3 || text[parts[2]].IsEmpty || text[parts[0]].IsEmpty != text[parts[1]].IsEmpty)
            return false;
        string info = "", algorithm = "ES256";
        string? kind = null;
        var rest = end < 0 ? [] : value[(end + 1)..];
        while (!rest.IsEmpty)
        {
            var parameter = Next(ref rest);
            var equals = parameter.IndexOf('=');
            var name = SipText.Trim(equals < 0 ? parameter : parameter[..equals]);
            var content = equals < 0 ? "" : SipText.Trim(parameter[(equals + 1)..]).Trim('"').ToString();
            if (name.Equals("info", StringComparison.OrdinalIgnoreCase))
                info = content.TrimStart('<').TrimEnd('>');
            else if (name.Equals("alg", StringComparison.OrdinalIgnoreCase))
                algorithm = content;
            else if (name.Equals("ppt", StringComparison.OrdinalIgnoreCase))
                kind = content;
        }
        token = new IdentityToken(text[parts[0]].ToString(), text[parts[1]].ToString(), text[parts[2]].ToString(), info, algorithm, kind);
        return true;
    }

    // Up to the next semicolon outside the angle brackets of the address.
    private static ReadOnlySpan<char> Next(scoped ref ReadOnlySpan<char> rest)
    {
        var open = rest.IndexOfAny('<', ';');
        var from = open >= 0 && rest[open] == '<' ? Math.Max(rest.IndexOf('>'), open) : 0;
        var end = rest[from..].IndexOf(';');
        var parameter = end < 0 ? rest : rest[..(from + end)];
        rest = end < 0 ? [] : rest[(from + end + 1)..];
        return parameter;
    }
}
