using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Telephony.Sip.Messages;

/// <summary>The value of From, To, Contact, Route and their like: a URI, perhaps a display name, and header parameters (RFC 3261 section 20.10).</summary>
public sealed record NameAddress
{
    private const string TagName = "tag";

    private static readonly SearchValues<char> NotInPlainNames = SearchValues.Create(",;\"<>\\");

    /// <summary>The name to show, without quotes and escapes; null when there is none.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The address itself.</summary>
    public required SipUri Uri { get; init; }

    /// <summary>Parameters of the header, not of the URI.</summary>
    public SipParameters Parameters { get; init; }

    /// <summary>The dialog tag; null when there is none or it is empty.</summary>
    public string? Tag => Parameters.Get(TagName) is { Length: > 0 } tag ? tag : null;

    /// <summary>The same address with that tag (RFC 3261 section 19.3).</summary>
    public NameAddress WithTag(string tag) => this with { Parameters = Parameters.With(TagName, tag) };

    /// <summary>Reads one value, with or without angle brackets; never throws.</summary>
    /// <remarks>
    /// Without brackets every semicolon starts a header parameter, and a URI with a question mark or a comma is refused (RFC 3261 section 20.10).
    /// Unquoted display names may hold more than tokens, because phones send names in UTF-8 unquoted; commas and semicolons they may not.
    /// </remarks>
    public static bool TryParse(ReadOnlySpan<char> value, [NotNullWhen(true)] out NameAddress? address)
    {
        address = null;
        value = SipText.Trim(value);
        var open = SipText.IndexOutsideQuotes(value, '<');
        if (open < 0)
            return TryParseBare(value, out address);

        var close = value[open..].IndexOf('>');
        if (close < 0 || !TryParseDisplayName(SipText.Trim(value[..open]), out var displayName))
            return false;
        if (!SipUri.TryParse(value[(open + 1)..(open + close)], out var uri) || !SipParameters.TryParse(value[(open + close + 1)..], out var parameters))
            return false;
        address = new NameAddress { DisplayName = displayName, Uri = uri, Parameters = parameters };
        return true;
    }

    /// <summary>The header value, always with angle brackets so that parameters cannot change sides.</summary>
    public override string ToString() =>
        DisplayName is null ? $"<{Uri}>{Parameters}" : $"{SipText.Quote(DisplayName)} <{Uri}>{Parameters}";

    private static bool TryParseBare(ReadOnlySpan<char> value, [NotNullWhen(true)] out NameAddress? address)
    {
        address = null;
        var end = value.IndexOf(';');
        var bare = SipText.Trim(end < 0 ? value : value[..end]);
        if (bare.ContainsAny('?', ',') || !SipUri.TryParse(bare, out var uri))
            return false;
        if (!SipParameters.TryParse(end < 0 ? [] : value[end..], out var parameters))
            return false;
        address = new NameAddress { Uri = uri, Parameters = parameters };
        return true;
    }

    private static bool TryParseDisplayName(ReadOnlySpan<char> text, out string? displayName)
    {
        displayName = null;
        if (text.IsEmpty)
            return true;
        if (text[0] == '"')
        {
            if (SipText.QuotedStringLength(text) != text.Length)
                return false;
            displayName = SipText.Unquote(text);
            return true;
        }
        if (text.ContainsAny(NotInPlainNames))
            return false;
        displayName = text.ToString();
        return true;
    }
}
