using System.Buffers;
using System.Globalization;
using System.Text;

namespace Telephony.Sip.Messages;

/// <summary>The <c>%41</c> escapes inside SIP URIs: undone for people, written where a character needs it, and compared (RFC 3261 section 19.1.2).</summary>
internal static class PercentEncoding
{
    // unreserved and user-unreserved (RFC 3261 section 25.1).
    private static readonly SearchValues<char> PlainInUser =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()&=+$,;?/");

    private static readonly SearchValues<char> Reserved = SearchValues.Create(";/?:@&=+$,");

    /// <summary>Undoes all escapes, read as <see cref="SipText.Decode"/> does; a percent sign without two hex digits stands for itself.</summary>
    public static string Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%'))
            return text.ToString();
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = 0;
        while (!text.IsEmpty)
        {
            if (TryReadEscape(text, out var escaped))
            {
                bytes[length++] = escaped;
                text = text[3..];
                continue;
            }
            var plain = text[1..].IndexOf('%') + 1;
            if (plain == 0)
                plain = text.Length;
            length += Encoding.UTF8.GetBytes(text[..plain], bytes.AsSpan(length));
            text = text[plain..];
        }
        var unescaped = SipText.Decode(bytes.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(bytes);
        return unescaped;
    }

    /// <summary>Escapes whatever may not stand in the user part of a SIP URI.</summary>
    public static string EscapeUser(string user)
    {
        if (!user.AsSpan().ContainsAnyExcept(PlainInUser))
            return user;
        var escaped = new StringBuilder(user.Length + 16);
        foreach (var octet in Encoding.UTF8.GetBytes(user))
        {
            if (octet < 0x80 && PlainInUser.Contains((char)octet))
                escaped.Append((char)octet);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }
        return escaped.ToString();
    }

    /// <summary>Whether both mean the same: an escape equals its character unless that is reserved (RFC 3261 section 19.1.4).</summary>
    public static bool Equivalent(ReadOnlySpan<char> left, ReadOnlySpan<char> right, bool ignoreCase)
    {
        while (!left.IsEmpty && !right.IsEmpty)
        {
            if (NextUnit(ref left, ignoreCase) != NextUnit(ref right, ignoreCase))
                return false;
        }
        return left.IsEmpty && right.IsEmpty;
    }

    /// <summary>Takes one character; an escape that must not be undone comes back as a value no character has.</summary>
    private static int NextUnit(ref ReadOnlySpan<char> text, bool ignoreCase)
    {
        int unit = text[0];
        var length = 1;
        if (TryReadEscape(text, out var escaped))
        {
            // Octets of UTF-8 sequences equal only other escapes: a comparison of bytes, not of characters.
            unit = escaped >= 0x80 || Reserved.Contains((char)escaped) ? 0x10000 + escaped : escaped;
            length = 3;
        }
        text = text[length..];
        return ignoreCase && unit < 0x80 ? char.ToLowerInvariant((char)unit) : unit;
    }

    private static bool TryReadEscape(ReadOnlySpan<char> text, out byte escaped)
    {
        escaped = 0;
        if (text.Length < 3 || text[0] != '%' || !char.IsAsciiHexDigit(text[1]) || !char.IsAsciiHexDigit(text[2]))
            return false;
        escaped = byte.Parse(text.Slice(1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return true;
    }
}
