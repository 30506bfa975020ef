using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeminiLive.Schemas;

/// <summary>What a schema says in words, and what can only be said in words: the description, and rules that the service has no keyword for.</summary>
internal static class SchemaWords
{
    /// <summary>Writes the description, choices and examples of a value.</summary>
    public static void Describe(JsonObject translated, string type, JsonElement schema)
    {
        var words = new List<string>();
        if (Text(schema, "description") is { Length: > 0 } description)
            words.Add(description);
        AddChoices(translated, words, type, schema);
        AddFormat(translated, words, type, schema);
        foreach (var (keyword, rule) in (ReadOnlySpan<(string, string)>)[("exclusiveMinimum", "More than"), ("exclusiveMaximum", "Less than"), ("multipleOf", "A multiple of")])
        {
            if (type is "number" or "integer" && schema.TryGetProperty(keyword, out var limit) && limit.ValueKind == JsonValueKind.Number)
                words.Add($"{rule} {limit.GetRawText()}.");
        }
        if (type == "array" && schema.TryGetProperty("uniqueItems", out var unique) && unique.ValueKind == JsonValueKind.True)
            words.Add("None twice.");
        if (words.Count > 0)
            translated["description"] = string.Join(' ', words);
    }

    /// <summary>What stands beside a reference or a combination goes before what it leads to.</summary>
    public static JsonObject Override(JsonObject translated, JsonElement schema)
    {
        if (Text(schema, "description") is { Length: > 0 } description)
            translated["description"] = description;
        if (schema.TryGetProperty("default", out var value) && value.ValueKind != JsonValueKind.Null)
            translated["default"] = JsonNode.Parse(value.GetRawText());
        if (schema.TryGetProperty("nullable", out var nullable) && nullable.ValueKind == JsonValueKind.True)
            translated["nullable"] = true;
        return translated;
    }

    // The service knows choices of strings only.
    private static void AddChoices(JsonObject translated, List<string> words, string type, JsonElement schema)
    {
        var values = SchemaTypes.Values(schema).Where(value => value.ValueKind != JsonValueKind.Null).ToList();
        if (values.Count == 0)
            return;
        if (type == "string")
        {
            translated["format"] = "enum";
            translated["enum"] = new JsonArray([.. values.Where(value => value.ValueKind == JsonValueKind.String).Select(value => JsonValue.Create(value.GetString()))]);
            return;
        }
        words.Add(values.Count == 1 ? $"Always {values[0].GetRawText()}." : $"One of: {string.Join(", ", values.Select(value => value.GetRawText()))}.");
    }

    // Others were refused by the service with the whole setup.
    private static void AddFormat(JsonObject translated, List<string> words, string type, JsonElement schema)
    {
        if (Text(schema, "format") is not { Length: > 0 } format || translated.ContainsKey("format") || format == "enum")
            return;
        var isKnown = (type, format) is ("string", "date-time") or ("integer", "int32" or "int64") or ("number", "float" or "double");
        if (isKnown)
            translated["format"] = format;
        else
            words.Add($"Format: {format}.");
    }

    private static string? Text(JsonElement schema, string key) =>
        schema.TryGetProperty(key, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
