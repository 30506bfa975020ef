namespace Telephony.Sip.Messages;

/// <summary>Finds one part in a body of several (RFC 2046 section 5.1, RFC 5621): the session description beside ISUP, a location or a picture.</summary>
/// <remarks>Never throws; work is linear in the bytes, a part within a part within a part is not looked into.</remarks>
internal static class MultipartBody
{
    private const int MaxParts = 16;
    private const int MaxDepth = 2;
    private const int MaxBoundary = 70;   // RFC 2046 section 5.1.1
    private const int MaxPartHeaders = 16;

    /// <summary>Whether a Content-Type is one of several parts.</summary>
    public static bool Is(string? contentType) => contentType?.TrimStart().StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Finds the first part of a type.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="contentType">Its Content-Type, which names the boundary.</param>
    /// <param name="mediaType">Type and subtype in lower case.</param>
    /// <param name="part">The part without its headers; empty when there is none.</param>
    /// <returns>False when a part that must be understood is of another type, or the body cannot be read.</returns>
    public static bool TryFind(ReadOnlyMemory<byte> body, string contentType, string mediaType, out ReadOnlyMemory<byte> part) =>
        TryFind(body, contentType, mediaType, MaxDepth, out part);

    private static bool TryFind(ReadOnlyMemory<byte> body, string contentType, string mediaType, int depth, out ReadOnlyMemory<byte> part)
    {
        part = default;
        if (depth == 0 || !TryReadBoundary(contentType, out var delimiter))
            return false;
        var start = NextDelimiter(body.Span, delimiter, 0);
        for (var parts = 0; start >= 0 && parts < MaxParts; parts++)
        {
            var from = start + delimiter.Length;
            if (body.Span[from..].StartsWith("--"u8))
                return true;
            start = NextDelimiter(body.Span, delimiter, from);
            var end = start < 0 ? body.Length : start;
            if (!TryTake(body[from..end], mediaType, depth, ref part))
                return false;
        }
        return start < 0;
    }

    private static bool TryTake(ReadOnlyMemory<byte> raw, string mediaType, int depth, ref ReadOnlyMemory<byte> part)
    {
        if (!TryReadHeaders(raw.Span, out var type, out var isRequired, out var headerBytes))
            return false;
        var content = WithoutLastLineEnd(raw[headerBytes..]);
        var essence = type.Split(';', 2)[0].Trim().ToLowerInvariant();
        if (essence == mediaType)
        {
            part = part.IsEmpty ? content : part;
            return true;
        }
        if (!Is(type))
            return !isRequired;
        var isRead = TryFind(content, type, mediaType, depth - 1, out var inner);
        if (part.IsEmpty)
            part = inner;
        return isRead || !isRequired;
    }

    private static bool TryReadBoundary(string contentType, out byte[] delimiter)
    {
        delimiter = [];
        var semicolon = contentType.IndexOf(';', StringComparison.Ordinal);
        if (semicolon < 0 || !SipParameters.TryParse(contentType.AsSpan(semicolon), out var parameters)
            || parameters.Get("boundary") is not { Length: > 0 and <= MaxBoundary } boundary || !boundary.All(char.IsAscii))
            return false;
        delimiter = [.. "--"u8, .. boundary.Select(c => (byte)c)];
        return true;
    }

    /// <summary>Where a line that begins with the delimiter starts; -1 when there is none.</summary>
    private static int NextDelimiter(ReadOnlySpan<byte> body, ReadOnlySpan<byte> delimiter, int from)
    {
        while (from < body.Length)
        {
            var found = body[from..].IndexOf(delimiter);
            if (found < 0)
                return -1;
            var (at, end) = (from + found, from + found + delimiter.Length);
            if ((at == 0 || body[at - 1] == '\n') && (end == body.Length || IsDelimiterEnd(body[end])))
                return at;
            from = end;
        }
        return -1;
    }

    // Otherwise it is the beginning of a longer boundary, as of a part within this one.
    private static bool IsDelimiterEnd(byte next) => next is (byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t' or (byte)'-';

    private static bool TryReadHeaders(ReadOnlySpan<byte> raw, out string contentType, out bool isRequired, out int bytes)
    {
        (contentType, isRequired, bytes) = ("text/plain", false, 0);
        for (var line = 0; line <= MaxPartHeaders; line++)
        {
            var length = raw[bytes..].IndexOf((byte)'\n');
            if (length < 0)
                return false;
            var text = SipText.Decode(raw.Slice(bytes, length)).Trim();
            bytes += length + 1;
            if (text.Length == 0 && line > 0)   // the first line is the rest of the delimiter's
                return true;
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? "" : HeaderNames.Canonical(text[..colon].Trim());
            if (name == HeaderNames.ContentType)
                contentType = text[(colon + 1)..].Trim();
            else if (name == HeaderNames.ContentDisposition)
                isRequired = text.Replace(" ", "", StringComparison.Ordinal).Contains(";handling=required", StringComparison.OrdinalIgnoreCase);
        }
        return false;
    }

    private static ReadOnlyMemory<byte> WithoutLastLineEnd(ReadOnlyMemory<byte> content)
    {
        var text = content.Span;
        return text.EndsWith("\r\n"u8) ? content[..^2] : text.EndsWith("\n"u8) ? content[..^1] : content;
    }
}
