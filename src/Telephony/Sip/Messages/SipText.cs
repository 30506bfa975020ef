using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Telephony.Sip.Messages;

/// <summary>Character classes and span scanning that every value parser of this folder shares (RFC 3261 section 25.1).</summary>
internal static class SipText
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>The control characters of ASCII, tab included.</summary>
    public static readonly string Controls = string.Concat(Enumerable.Range(0, 0x20).Append(0x7F).Select(code => (char)code));

    private static readonly SearchValues<char> TokenChars = SearchValues.Create(Alphanumeric + "-.!%*_+`'~");
    private static readonly SearchValues<char> HostChars = SearchValues.Create(Alphanumeric + "-._");
    private static readonly SearchValues<char> ListMarks = SearchValues.Create("\"<>,");
    private static readonly SearchValues<char> QuoteMarks = SearchValues.Create("\"\\");
    private static readonly SearchValues<char> NeedEscape = SearchValues.Create("\"\\" + Controls);

    /// <summary>Bytes to text: UTF-8, and Latin-1 when they are none, as older phones send names.</summary>
    /// <remarks>Replacement characters would lose the text and cost the decoder some thirty bytes for each bad one.</remarks>
    public static string Decode(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);

    /// <summary>Whether the text is one or more token characters.</summary>
    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenChars);

    /// <summary>Whether the text can be a host name or an IPv4 address; underscores are let through because phones use them.</summary>
    public static bool IsHostName(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(HostChars);

    /// <summary>Removes the white space that LWS leaves after unfolding.</summary>
    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) => text.Trim(" \t");

    /// <summary>Reads a non-negative decimal number that consists of nothing but digits and is at most <paramref name="max"/>.</summary>
    public static bool TryParseNumber(ReadOnlySpan<char> text, uint max, out uint number)
    {
        number = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
                return false;
            var next = (number * 10UL) + (uint)(c - '0');
            if (next > max)
                return false;
            number = (uint)next;
        }
        return !text.IsEmpty;
    }

    /// <summary>Length of the quoted string at the start of the text with both quotes, or -1 when it is never closed.</summary>
    public static int QuotedStringLength(ReadOnlySpan<char> text)
    {
        for (var at = 1; at < text.Length; at++)
        {
            var step = text[at..].IndexOfAny(QuoteMarks);
            if (step < 0)
                return -1;
            at += step;
            if (text[at] == '"')
                return at + 1;
            at++;   // whatever follows the backslash is quoted
        }
        return -1;
    }

    /// <summary>Undoes the escapes of a quoted string given with its quotes.</summary>
    public static string Unquote(ReadOnlySpan<char> quoted)
    {
        var inner = quoted[1..^1];
        if (!inner.Contains('\\'))
            return inner.ToString();

        var buffer = ArrayPool<char>.Shared.Rent(inner.Length);
        var length = 0;
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] == '\\' && i + 1 < inner.Length)
                i++;
            buffer[length++] = inner[i];
        }
        var text = new string(buffer, 0, length);
        ArrayPool<char>.Shared.Return(buffer);
        return text;
    }

    /// <summary>Writes text as a quoted string; line ends, which no quoted string can carry, become spaces.</summary>
    public static string Quote(string text)
    {
        if (!text.AsSpan().ContainsAny(NeedEscape))
            return $"\"{text}\"";
        var quoted = new StringBuilder(text.Length + 16).Append('"');
        foreach (var c in text)
        {
            if (c is '\r' or '\n')
                quoted.Append(' ');
            else if (NeedEscape.Contains(c))
                quoted.Append('\\').Append(c);
            else
                quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>Cuts the first element off a comma-separated list; commas inside quotes and angle brackets do not count.</summary>
    public static ReadOnlySpan<char> NextListElement(scoped ref ReadOnlySpan<char> list)
    {
        var end = IndexOutsideQuotes(list, ',');
        var element = end < 0 ? list : list[..end];
        list = end < 0 ? [] : list[(end + 1)..];
        return Trim(element);
    }

    /// <summary>Index of the mark (one of <c>, &lt; &gt;</c>) outside quotes and, for a comma, outside angle brackets; -1 when there is none.</summary>
    public static int IndexOutsideQuotes(ReadOnlySpan<char> text, char mark)
    {
        var insideBrackets = false;
        for (var at = 0; at < text.Length; at++)
        {
            var step = text[at..].IndexOfAny(ListMarks);
            if (step < 0)
                return -1;
            at += step;
            if (text[at] == mark && (mark != ',' || !insideBrackets))
                return at;
            if (text[at] == '"' && !insideBrackets)
            {
                var quoted = QuotedStringLength(text[at..]);
                if (quoted < 0)
                    return -1;
                at += quoted - 1;
            }
            else if (text[at] != ',')
            {
                insideBrackets = text[at] == '<';
            }
        }
        return -1;
    }
}
