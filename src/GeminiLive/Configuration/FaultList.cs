using System.Collections;
using System.Globalization;

namespace GeminiLive.Configuration;

/// <summary>The faults found in a part of the configuration, one sentence each: key, value, what is allowed.</summary>
/// <param name="path">Place of the part, such as <c>Live:Fallbacks:0</c>.</param>
internal sealed class FaultList(string path) : IReadOnlyCollection<string>
{
    private readonly List<string> _faults = [];

    private FaultList(string path, List<string> faults)
        : this(path) => _faults = faults;

    /// <inheritdoc/>
    public int Count => _faults.Count;

    /// <summary>The same list for a part inside this one.</summary>
    public FaultList Below(string key) => new($"{path}:{key}", _faults);

    /// <summary>Adds a whole sentence.</summary>
    public void Add(string sentence) => _faults.Add(sentence);

    /// <summary>Adds a value that is not usable for a reason of its own.</summary>
    public void Refuse(string key, object? value, string reason) => Add($"{path}:{key} is '{Text(value)}'; {reason}.");

    /// <summary>Adds a value unless it is good.</summary>
    public void Check(bool isGood, string key, object? value, string allowed)
    {
        if (!isGood)
            Refuse(key, value, $"allowed: {allowed}");
    }

    /// <summary>Adds a name that is not in the list; an absent one is good.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The name, with or without <paramref name="prefix"/>.</param>
    /// <param name="prefix">Common beginning that may be left out.</param>
    /// <param name="allowed">Names without it.</param>
    public void CheckName(string key, string? value, string prefix, params IReadOnlyList<string> allowed) =>
        Check(string.IsNullOrEmpty(value) || allowed.Contains(WireName.Short(prefix, value), StringComparer.OrdinalIgnoreCase), key, value, string.Join(", ", allowed));

    /// <summary>Adds a number outside the range; an absent one is good.</summary>
    public void CheckRange(string key, double? value, double low, double high) =>
        Check(value is null || (value >= low && value <= high), key, value, string.Create(CultureInfo.InvariantCulture, $"{low} to {high}"));

    /// <summary>Adds a time outside the range.</summary>
    public void CheckRange(string key, TimeSpan value, double lowSeconds, double highSeconds) =>
        Check(value >= TimeSpan.FromSeconds(lowSeconds) && value <= TimeSpan.FromSeconds(highSeconds), key, value,
            $"{TimeSpan.FromSeconds(lowSeconds)} to {TimeSpan.FromSeconds(highSeconds)}");

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => _faults.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string? Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture);
}
