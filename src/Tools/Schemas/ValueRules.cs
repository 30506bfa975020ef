using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tools.Schemas;

/// <summary>The rules of a schema for one value by itself: what it may be, how large, how long, what it must look like.</summary>
internal static class ValueRules
{
    private const int MaxPatterns = 512;
    private const int MaxListed = 20;
    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(50);
    private static readonly ConcurrentDictionary<string, Regex?> Patterns = new(StringComparer.Ordinal);

    /// <summary>What a value must be and is not; null when it is.</summary>
    public static string? Fault(JsonElement schema, JsonElement value) => Listed(schema, value) ?? value.ValueKind switch
    {
        JsonValueKind.Number => Number(schema, value),
        JsonValueKind.String => Text(schema, value.GetString()!),
        JsonValueKind.Array => Count(schema, "Items", value.GetArrayLength(), "items"),
        JsonValueKind.Object => Count(schema, "Properties", value.EnumerateObject().Count(), "properties"),
        _ => null,
    };

    private static string? Listed(JsonElement schema, JsonElement value)
    {
        if (schema.TryGetProperty("const", out var only) && !JsonElement.DeepEquals(only, value))
            return $"must be {SchemaTypes.Shown(only)}";
        if (!schema.TryGetProperty("enum", out var list) || list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)))
            return null;
        var shown = string.Join(", ", list.EnumerateArray().Take(MaxListed).Select(SchemaTypes.Shown));
        return $"must be one of {shown}{(list.GetArrayLength() > MaxListed ? ", …" : "")}";
    }

    private static string? Number(JsonElement schema, JsonElement value)
    {
        if (Limit(schema, "minimum") is { } minimum && Compare(value, minimum) < 0)
            return $"must be at least {minimum.GetRawText()}";
        if (Limit(schema, "maximum") is { } maximum && Compare(value, maximum) > 0)
            return $"must be at most {maximum.GetRawText()}";
        if (Limit(schema, "exclusiveMinimum") is { } above && Compare(value, above) <= 0)
            return $"must be more than {above.GetRawText()}";
        if (Limit(schema, "exclusiveMaximum") is { } below && Compare(value, below) >= 0)
            return $"must be less than {below.GetRawText()}";
        return null;
    }

    private static string? Text(JsonElement schema, string text)
    {
        if (Count(schema, "Length", text.EnumerateRunes().Count(), "characters") is { } fault)
            return fault;
        if (!schema.TryGetProperty("pattern", out var pattern) || pattern.ValueKind != JsonValueKind.String || Compiled(pattern.GetString()!) is not { } regex)
            return null;
        try
        {
            return regex.IsMatch(text) ? null : $"must match the pattern {SchemaTypes.Shown(pattern)}";
        }
        catch (RegexMatchTimeoutException)
        {
            return $"must match the pattern {SchemaTypes.Shown(pattern)}, which could not be found out in time";
        }
    }

    private static string? Count(JsonElement schema, string of, int count, string what)
    {
        if (Limit(schema, "min" + of) is { } minimum && minimum.TryGetDecimal(out var least) && count < least)
            return $"must have at least {least:0} {what}";
        if (Limit(schema, "max" + of) is { } maximum && maximum.TryGetDecimal(out var most) && count > most)
            return $"must have at most {most:0} {what}";
        return null;
    }

    private static JsonElement? Limit(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var limit) && limit.ValueKind == JsonValueKind.Number ? limit : null;

    private static int Compare(JsonElement value, JsonElement limit) =>
        value.TryGetDecimal(out var exact) && limit.TryGetDecimal(out var exactLimit) ? exact.CompareTo(exactLimit) : value.GetDouble().CompareTo(limit.GetDouble());

    // Schemas come from the configuration; a pattern that .NET does not understand is not judged.
    private static Regex? Compiled(string pattern)
    {
        if (Patterns.Count > MaxPatterns)
            Patterns.Clear();
        return Patterns.GetOrAdd(pattern, text =>
        {
            try
            {
                return new Regex(text, RegexOptions.CultureInvariant, MatchLimit);
            }
            catch (ArgumentException)
            {
                return null;
            }
        });
    }
}
