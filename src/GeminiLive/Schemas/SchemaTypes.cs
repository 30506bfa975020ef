using System.Text.Json;

namespace GeminiLive.Schemas;

/// <summary>Types of a JSON Schema: as it names them, or as its other keywords imply them.</summary>
internal static class SchemaTypes
{
    /// <summary>The service's word for a type; null when there is none.</summary>
    public static string? NameOf(string type) => type.ToUpperInvariant() is "OBJECT" or "STRING" or "INTEGER" or "NUMBER" or "BOOLEAN" or "ARRAY" ? type.ToUpperInvariant() : null;

    /// <summary>The types that a value may have, in small letters.</summary>
    /// <param name="schema">A schema without references and combinations.</param>
    /// <param name="isNullable">Whether it may be null as well.</param>
    public static IReadOnlyList<string> Of(JsonElement schema, out bool isNullable)
    {
        var types = Named(schema).ToList();
        isNullable = types.Remove("null") || (schema.TryGetProperty("nullable", out var nullable) && nullable.ValueKind == JsonValueKind.True);
        isNullable |= Values(schema).Any(value => value.ValueKind == JsonValueKind.Null);
        return types.Count > 0 || isNullable && !Values(schema).Any() ? types : Implied(schema);
    }

    /// <summary>The values of <c>enum</c> or <c>const</c>; none when any will do.</summary>
    public static IEnumerable<JsonElement> Values(JsonElement schema)
    {
        if (schema.TryGetProperty("const", out var only))
            return [only];
        return schema.TryGetProperty("enum", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
    }

    private static IEnumerable<string> Named(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
            return [];
        return type.ValueKind switch
        {
            JsonValueKind.String => [Small(type.GetString()!)],
            JsonValueKind.Array => type.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => Small(one.GetString()!)).Distinct(StringComparer.Ordinal),
            _ => [],
        };
    }

    private static string[] Implied(JsonElement schema)
    {
        if (schema.TryGetProperty("properties", out _))
            return ["object"];
        if (schema.TryGetProperty("items", out _))
            return ["array"];
        return [.. Values(schema).Select(TypeOf).Where(type => type.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "",
    };

    // "OBJECT" stands in schemas that were written for the service itself.
    private static string Small(string type) => type.ToLowerInvariant();
}
