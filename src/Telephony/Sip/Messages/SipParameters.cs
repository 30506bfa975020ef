using System.Buffers;

namespace Telephony.Sip.Messages;

/// <summary>The <c>;name=value</c> list behind a URI, an address or a Via: kept as one checked string and searched in place.</summary>
/// <remarks>Names are case-insensitive; of repeated names the first counts, because phones repeat <c>transport</c>.</remarks>
public readonly struct SipParameters : IEquatable<SipParameters>
{
    private static readonly SearchValues<char> NameEnds = SearchValues.Create(" \t;=");
    private static readonly SearchValues<char> ValueEnds = SearchValues.Create(" \t;");
    private static readonly SearchValues<char> Forbidden = SearchValues.Create(" ,<>\"\\?@" + SipText.Controls);

    private readonly string? _text;

    private SipParameters(string text) => _text = text;

    /// <summary>Whether there is no parameter at all.</summary>
    public bool IsEmpty => string.IsNullOrEmpty(_text);

    /// <summary>Reads a list that is empty or starts with a semicolon; white space around <c>;</c> and <c>=</c> is allowed.</summary>
    /// <returns>False for empty elements, stray separators, open quotes and more than <see cref="SipLimits.MaxParameters"/> of them.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out SipParameters parameters)
    {
        parameters = default;
        text = SipText.Trim(text);
        var rest = text;
        for (var count = 0; !rest.IsEmpty; count++)
        {
            if (count == SipLimits.MaxParameters || !TryTake(ref rest, out _, out _))
                return false;
        }
        parameters = new SipParameters(text.ToString());
        return true;
    }

    /// <summary>Whether the parameter is there, with or without a value.</summary>
    public bool Contains(string name) => TryFind(name, out _);

    /// <summary>Value of the parameter, quotes undone; empty when it has no value, null when it is not there.</summary>
    public string? Get(string name)
    {
        if (!TryFind(name, out var value))
            return null;
        return value is ['"', ..] ? SipText.Unquote(value) : value.ToString();
    }

    /// <summary>The list with that parameter set, in its place when it was there and else at the end; a null value writes the bare name.</summary>
    /// <exception cref="ArgumentException">The name is no token.</exception>
    public SipParameters With(string name, string? value)
    {
        if (!SipText.IsToken(name))
            throw new ArgumentException($"'{name}' is no parameter name.", nameof(name));
        var element = value is null ? $";{name}" : $";{name}={(NeedsQuotes(value) ? SipText.Quote(value) : value)}";
        return new SipParameters(TryLocate(name, out var start, out var end)
            ? string.Concat(_text.AsSpan(0, start), element, _text.AsSpan(end))
            : _text + element);
    }

    /// <summary>The list without that parameter.</summary>
    public SipParameters Without(string name) =>
        TryLocate(name, out var start, out var end) ? new SipParameters(string.Concat(_text.AsSpan(0, start), _text.AsSpan(end))) : this;

    /// <summary>The parameters in order.</summary>
    public Enumerator GetEnumerator() => new(_text);

    /// <summary>The list as it is written, with its leading semicolon.</summary>
    public override string ToString() => _text ?? "";

    /// <summary>Whether both lists are spelled alike.</summary>
    public bool Equals(SipParameters other) => ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SipParameters other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Equality of spelling.</summary>
    public static bool operator ==(SipParameters left, SipParameters right) => left.Equals(right);

    /// <summary>Inequality of spelling.</summary>
    public static bool operator !=(SipParameters left, SipParameters right) => !left.Equals(right);

    private static bool NeedsQuotes(string value) =>
        value.Length == 0 || value.AsSpan().ContainsAny(Forbidden) || value.AsSpan().ContainsAny(';', '=');

    private bool TryFind(string name, out ReadOnlySpan<char> value)
    {
        foreach (var parameter in this)
        {
            if (parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = parameter.Value;
                return true;
            }
        }
        value = default;
        return false;
    }

    private bool TryLocate(string name, out int start, out int end)
    {
        ReadOnlySpan<char> rest = _text;
        while (!rest.IsEmpty)
        {
            start = ToString().Length - rest.Length;
            if (!TryTake(ref rest, out var found, out _))
                break;
            end = ToString().Length - rest.Length;
            if (found.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        start = end = 0;
        return false;
    }

    /// <summary>Cuts <c>;name</c> or <c>;name=value</c> off the front.</summary>
    private static bool TryTake(scoped ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        name = value = default;
        if (rest[0] != ';')
            return false;
        rest = rest[1..].TrimStart(" \t");
        name = TakeUntil(ref rest, NameEnds);
        if (name.IsEmpty || name.ContainsAny(Forbidden))
            return false;
        if (rest is not ['=', ..])
            return true;
        rest = rest[1..].TrimStart(" \t");
        return TryTakeValue(ref rest, out value);
    }

    private static bool TryTakeValue(scoped ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> value)
    {
        value = default;
        if (rest is not ['"', ..])
        {
            value = TakeUntil(ref rest, ValueEnds);
            return !value.ContainsAny(Forbidden);
        }
        var length = SipText.QuotedStringLength(rest);
        if (length < 0)
            return false;
        value = rest[..length];
        rest = rest[length..].TrimStart(" \t");
        return true;
    }

    private static ReadOnlySpan<char> TakeUntil(scoped ref ReadOnlySpan<char> rest, SearchValues<char> ends)
    {
        var end = rest.IndexOfAny(ends);
        var taken = end < 0 ? rest : rest[..end];
        rest = rest[taken.Length..].TrimStart(" \t");
        return taken;
    }

    /// <summary>One parameter as spelled; a quoted value keeps its quotes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value, empty when there is none.</param>
    public readonly ref struct Parameter(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        /// <summary>The name as spelled.</summary>
        public ReadOnlySpan<char> Name { get; } = name;

        /// <summary>The value as spelled, empty when there is none.</summary>
        public ReadOnlySpan<char> Value { get; } = value;
    }

    /// <summary>Walks a checked list without allocating.</summary>
    /// <param name="text">The list.</param>
    public ref struct Enumerator(string? text)
    {
        private ReadOnlySpan<char> _rest = text;

        /// <summary>Where the walk stands.</summary>
        public Parameter Current { get; private set; }

        /// <summary>Moves to the next parameter.</summary>
        public bool MoveNext()
        {
            if (_rest.IsEmpty || !TryTake(ref _rest, out var name, out var value))
                return false;
            Current = new Parameter(name, value);
            return true;
        }
    }
}
