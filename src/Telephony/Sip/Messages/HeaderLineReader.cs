using System.Buffers;

namespace Telephony.Sip.Messages;

/// <summary>Walks the lines of a message's head, folds included; each byte is looked at a fixed number of times.</summary>
/// <remarks>Shared by <see cref="SipParser"/> and <see cref="SipStreamFramer"/>. Line ends may be CRLF or LF.</remarks>
internal ref struct HeaderLineReader(ReadOnlySpan<byte> head)
{
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~"u8);

    private readonly ReadOnlySpan<byte> _head = head;

    /// <summary>What <see cref="Read"/> found.</summary>
    public enum Line
    {
        /// <summary>A header; its name is a token.</summary>
        Header,

        /// <summary>The empty line that ends the head.</summary>
        End,

        /// <summary>No header: no colon, or no token before it.</summary>
        Malformed,

        /// <summary>More than <see cref="SipLimits.MaxHeaderBytes"/>.</summary>
        TooLong,

        /// <summary>The bytes end without an empty line.</summary>
        CutShort,
    }

    /// <summary>Bytes consumed so far.</summary>
    public int Position { get; private set; }

    /// <summary>Takes the start line without its line end; false when no line end comes.</summary>
    public bool TryReadStartLine(out ReadOnlySpan<byte> line)
    {
        var end = _head.IndexOf((byte)'\n');
        line = end < 0 ? default : TrimLineEnd(_head[..end]);
        Position = end + 1;
        return end >= 0;
    }

    /// <summary>Takes one header with its folded lines; the value may still hold the folds.</summary>
    public Line Read(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        var length = LogicalLineLength(_head[Position..]);
        if (length < 0)
            return Line.CutShort;
        var line = TrimLineEnd(_head.Slice(Position, length));
        Position += length;
        if (line.IsEmpty)
            return Line.End;
        if (line.Length > SipLimits.MaxHeaderBytes)
            return Line.TooLong;
        var colon = line.IndexOf((byte)':');
        if (colon < 0)
            return Line.Malformed;
        name = line[..colon].TrimEnd(" \t"u8);
        value = line[(colon + 1)..].Trim(" \t"u8);
        return IsToken(name) ? Line.Header : Line.Malformed;
    }

    /// <summary>The value as one string: each fold becomes one space. False for control characters no quoted string explains.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> value, out string text)
    {
        if (!HasControls(value))
        {
            text = SipText.Decode(value);
            return true;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(value.Length);
        var isLegal = TryUnfold(value, buffer, out var length);
        text = isLegal ? SipText.Decode(buffer.AsSpan(0, length).Trim((byte)' ')) : "";
        ArrayPool<byte>.Shared.Return(buffer);
        return isLegal;
    }

    private static bool TryUnfold(ReadOnlySpan<byte> value, Span<byte> output, out int length)
    {
        length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (FoldLength(value[i..]) is var fold and > 0)
            {
                length = output[..length].TrimEnd(" \t"u8).Length;
                output[length++] = (byte)' ';
                i += fold - 1;
                continue;
            }
            // A quoted pair may carry any control character but CR and LF (RFC 3261 section 25.1).
            if (IsControl(value[i]) && (value[i] == '\r' || i == 0 || value[i - 1] != '\\'))
                return false;
            output[length++] = value[i];
        }
        return true;
    }

    /// <summary>Length of a line end and the white space behind it; 0 when the text does not start with a line end.</summary>
    private static int FoldLength(ReadOnlySpan<byte> text)
    {
        var lineEnd = text.StartsWith("\r\n"u8) ? 2 : text.StartsWith("\n"u8) ? 1 : 0;
        return lineEnd == 0 ? 0 : text.Length - text[lineEnd..].TrimStart(" \t"u8).Length;
    }

    private static int LogicalLineLength(ReadOnlySpan<byte> rest)
    {
        var length = 0;
        while (true)
        {
            var end = rest[length..].IndexOf((byte)'\n');
            if (end < 0)
                return -1;
            var isEmptyLine = length == 0 && TrimLineEnd(rest[..(end + 1)]).IsEmpty;
            length += end + 1;
            if (isEmptyLine || length == rest.Length || rest[length] is not ((byte)' ' or (byte)'\t'))
                return length;
        }
    }

    private static ReadOnlySpan<byte> TrimLineEnd(ReadOnlySpan<byte> line)
    {
        if (line is [.. var withoutLf, (byte)'\n'])
            line = withoutLf;
        return line is [.. var withoutCr, (byte)'\r'] ? withoutCr : line;
    }

    private static bool IsToken(ReadOnlySpan<byte> name) => !name.IsEmpty && !name.ContainsAnyExcept(TokenBytes);

    private static bool HasControls(ReadOnlySpan<byte> value)
    {
        foreach (var b in value)
        {
            if (IsControl(b))
                return true;
        }
        return false;
    }

    private static bool IsControl(byte b) => b is < 0x20 and not (byte)'\t' or 0x7F;
}
