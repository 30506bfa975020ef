using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace VoiceAgent.Observability.Exposition;

/// <summary>The tags of one series of a metric: kept once, found again by the tags of a measurement without allocating.</summary>
/// <remarks>Immutable; any thread.</remarks>
internal sealed class TagSet
{
    private readonly KeyValuePair<string, object?>[] _tags;

    private TagSet(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        _tags = tags.ToArray();
        var text = new StringBuilder();
        foreach (var (key, value) in _tags)
            text.Append(text.Length > 0 ? "," : "").Append(PrometheusNames.Label(key)).Append("=\"").Append(PrometheusNames.Escaped(TextOf(value), inQuotes: true)).Append('"');
        Labels = text.ToString();
    }

    /// <summary>Without tags.</summary>
    public static TagSet None { get; } = new([]);

    /// <summary>As the text format has them between the braces; empty for none.</summary>
    public string Labels { get; }

    /// <summary>Names of the tags.</summary>
    public IEnumerable<string> Keys => _tags.Select(tag => tag.Key);

    /// <summary>A set of tags.</summary>
    public static TagSet Of(params ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.Length == 0 ? None : new(tags);

    private static string TextOf(object? value) => value switch
    {
        bool isSo => isSo ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>Two sets are the same when the same tags come in the same order, as an instrument's tags always do.</summary>
    internal sealed class Comparer : IEqualityComparer<TagSet>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, TagSet>
    {
        public bool Equals(TagSet? x, TagSet? y) => ReferenceEquals(x, y) || (x is not null && y is not null && Equals(x._tags, y));

        public int GetHashCode(TagSet obj) => GetHashCode(obj._tags);

        public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, TagSet other)
        {
            if (alternate.Length != other._tags.Length)
                return false;
            for (var i = 0; i < alternate.Length; i++)
            {
                if (alternate[i].Key != other._tags[i].Key || !Equals(alternate[i].Value, other._tags[i].Value))
                    return false;
            }
            return true;
        }

        [SuppressMessage("Usage", "MA0021", Justification = "Keys are compared by ordinal, which is string's own hash.")]
        public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
        {
            var hash = default(HashCode);
            foreach (var (key, value) in alternate)
            {
                hash.Add(key);
                hash.Add(value);
            }
            return hash.ToHashCode();
        }

        public TagSet Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => Of(alternate);
    }
}
