using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Authentication;

/// <summary>The <c>name=value</c> list of a challenge or of credentials of the Digest scheme (RFC 3261 section 25.1).</summary>
/// <remarks>Values are kept as they stand between their quotes, escapes included: that is what both sides hash and echo.</remarks>
internal sealed class DigestFields
{
    private const string Scheme = "Digest";

    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    private DigestFields()
    {
    }

    /// <summary>The value of that name without quotes; null when it is not there.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Reads a header value; never throws. False for another scheme, anything that is no list, a repeated name, and more than
    /// <see cref="SipLimits.MaxParameters"/> of them.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, [NotNullWhen(true)] out DigestFields? fields)
    {
        fields = null;
        value = SipText.Trim(value);
        if (value.Length > SipLimits.MaxHeaderBytes || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        value = value[Scheme.Length..];
        if (value is not [' ' or '\t', ..])
            return false;

        var read = new DigestFields();
        while (!value.IsEmpty)
        {
            var element = SipText.NextListElement(ref value);
            if (!element.IsEmpty && !read.TryAdd(element))
                return false;
        }
        fields = read;
        return true;
    }

    private bool TryAdd(ReadOnlySpan<char> element)
    {
        var equals = element.IndexOf('=');
        if (equals < 0 || _values.Count == SipLimits.MaxParameters)
            return false;
        var name = SipText.Trim(element[..equals]);
        var value = SipText.Trim(element[(equals + 1)..]);
        if (!SipText.IsToken(name))
            return false;
        if (value is ['"', ..])
        {
            if (SipText.QuotedStringLength(value) != value.Length)
                return false;
            value = value[1..^1];
        }
        else if (value.ContainsAny(" \t\"\\"))
        {
            return false;
        }
        return _values.TryAdd(name.ToString(), value.ToString());
    }

    /// <summary>Writes a header value, field by field.</summary>
    internal sealed class Writer
    {
        private readonly StringBuilder _text = new(Scheme, 256);
        private char _separator = ' ';

        /// <summary>Adds <c>name="value"</c>; a null value adds nothing.</summary>
        /// <param name="name">A token.</param>
        /// <param name="value">As it stands between the quotes.</param>
        public Writer Quoted(string name, string? value) => value is null ? this : Append(name, $"\"{value}\"");

        /// <summary>Adds <c>name=value</c>; a null value adds nothing.</summary>
        public Writer Plain(string name, string? value) => value is null ? this : Append(name, value);

        /// <inheritdoc/>
        public override string ToString() => _text.ToString();

        private Writer Append(string name, string value)
        {
            _text.Append(CultureInfo.InvariantCulture, $"{_separator}{name}={value}");
            _separator = ',';
            return this;
        }
    }
}
