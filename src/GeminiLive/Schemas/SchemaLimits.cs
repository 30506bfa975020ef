using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeminiLive.Schemas;

/// <summary>Limits of a value that the service has keywords for, and its default and example.</summary>
internal static class SchemaLimits
{
    /// <summary>Copies what belongs to the type; counts become strings, as the service writes 64-bit integers.</summary>
    public static void Copy(JsonObject translated, string type, JsonElement schema)
    {
        foreach (var key in CountsOf(type))
        {
            if (schema.TryGetProperty(key, out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetDecimal(out var number) && number >= 0)
                translated[key] = ((long)Math.Min(number, long.MaxValue)).ToString(CultureInfo.InvariantCulture);
        }
        foreach (var key in NumbersOf(type))
        {
            if (schema.TryGetProperty(key, out var limit) && limit.ValueKind == JsonValueKind.Number)
                translated[key] = JsonNode.Parse(limit.GetRawText());
        }
        if (type == "string" && schema.TryGetProperty("pattern", out var pattern) && pattern.ValueKind == JsonValueKind.String)
            translated["pattern"] = pattern.GetString();
        if (schema.TryGetProperty("default", out var value) && value.ValueKind != JsonValueKind.Null)
            translated["default"] = JsonNode.Parse(value.GetRawText());
        if (Example(schema) is { ValueKind: not JsonValueKind.Null } example)
            translated["example"] = JsonNode.Parse(example.GetRawText());
    }

    private static JsonElement? Example(JsonElement schema)
    {
        if (schema.TryGetProperty("example", out var example))
            return example;
        return schema.TryGetProperty("examples", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 ? list[0] : null;
    }

    private static string[] CountsOf(string type) => type switch
    {
        "object" => ["minProperties", "maxProperties"],
        "array" => ["minItems", "maxItems"],
        "string" => ["minLength", "maxLength"],
        _ => [],
    };

    private static string[] NumbersOf(string type) => type is "number" or "integer" ? ["minimum", "maximum"] : [];
}
