using System.Collections;

namespace Telephony.Sip.Messages;

/// <summary>One header line of a message, unfolded and trimmed.</summary>
/// <param name="Name">The spelling of <see cref="HeaderNames"/> for a known name, else as received.</param>
/// <param name="Value">Everything after the colon on one line; may hold several comma-separated values.</param>
public readonly record struct SipHeader(string Name, string Value);

/// <summary>The header lines of a message in their order, unknown ones included.</summary>
/// <remarks>
/// Names are found in any case and by their compact form. Content-Length is not among them: it follows from <see cref="SipMessage.Body"/>.
/// Belongs to its message and has the same owner.
/// </remarks>
public sealed class SipHeaders : IEnumerable<SipHeader>
{
    private readonly List<SipHeader> _lines = new(16);

    /// <summary>Header lines.</summary>
    public int Count => _lines.Count;

    /// <summary>The line at that place, counted from 0.</summary>
    public SipHeader this[int index] => _lines[index];

    /// <summary>Appends a line.</summary>
    /// <exception cref="ArgumentException">The name is no token, or the value holds a line end (it would forge further headers).</exception>
    public void Add(string name, string value) => _lines.Add(Line(name, value));

    /// <summary>Puts a line before all others.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Add"/>.</exception>
    public void Prepend(string name, string value) => _lines.Insert(0, Line(name, value));

    /// <summary>Replaces the first line of that name in its place and removes the others; appends when there is none.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Add"/>.</exception>
    public void Set(string name, string value)
    {
        var line = Line(name, value);
        var first = IndexOf(line.Name);
        if (first < 0)
        {
            _lines.Add(line);
            return;
        }
        _lines[first] = line;
        for (var i = _lines.Count - 1; i > first; i--)
        {
            if (Matches(_lines[i], line.Name))
                _lines.RemoveAt(i);
        }
    }

    /// <summary>Removes every line of that name.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string name)
    {
        var canonical = HeaderNames.Canonical(name);
        return _lines.RemoveAll(line => Matches(line, canonical)) > 0;
    }

    /// <summary>Whether there is a line of that name.</summary>
    public bool Contains(string name) => IndexOf(HeaderNames.Canonical(name)) >= 0;

    /// <summary>Value of the first line of that name, not split at commas; null when there is none.</summary>
    public string? GetFirst(string name)
    {
        var index = IndexOf(HeaderNames.Canonical(name));
        return index < 0 ? null : _lines[index].Value;
    }

    /// <summary>Values of all lines of that name in order, not split at commas.</summary>
    public IEnumerable<string> GetLines(string name)
    {
        var canonical = HeaderNames.Canonical(name);
        foreach (var line in _lines)
        {
            if (Matches(line, canonical))
                yield return line.Value;
        }
    }

    /// <summary>All values of that name in order, lines split at commas outside quotes and angle brackets, empty ones left out.</summary>
    public IReadOnlyList<string> GetValues(string name)
    {
        var canonical = HeaderNames.Canonical(name);
        List<string>? values = null;
        foreach (var line in _lines)
        {
            if (!Matches(line, canonical))
                continue;
            ReadOnlySpan<char> rest = line.Value;
            while (!rest.IsEmpty)
            {
                var value = SipText.NextListElement(ref rest);
                if (!value.IsEmpty)
                    (values ??= []).Add(value.Length == line.Value.Length ? line.Value : value.ToString());
            }
        }
        return values ?? (IReadOnlyList<string>)[];
    }

    /// <summary>Replaces the first line of that name and leaves later ones alone, as a hop does with the topmost Via.</summary>
    internal void SetFirst(string name, string value)
    {
        var index = IndexOf(name);
        if (index < 0)
            Add(name, value);
        else
            _lines[index] = Line(name, value);
    }

    /// <summary>Appends a line whose name and value the parser has checked.</summary>
    internal void AddChecked(string name, string value) => _lines.Add(new SipHeader(name, value));

    /// <inheritdoc/>
    public IEnumerator<SipHeader> GetEnumerator() => _lines.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static SipHeader Line(string name, string value)
    {
        if (!SipText.IsToken(name))
            throw new ArgumentException($"'{name}' is no header name.", nameof(name));
        if (value.AsSpan().ContainsAny('\r', '\n'))
            throw new ArgumentException($"The value of {name} holds a line end.", nameof(value));
        return new SipHeader(HeaderNames.Canonical(name), value.Trim(' ', '\t'));
    }

    private static bool Matches(in SipHeader line, string canonical) =>
        ReferenceEquals(line.Name, canonical) || line.Name.Equals(canonical, StringComparison.OrdinalIgnoreCase);

    private int IndexOf(string canonical)
    {
        for (var i = 0; i < _lines.Count; i++)
        {
            if (Matches(_lines[i], canonical))
                return i;
        }
        return -1;
    }
}
