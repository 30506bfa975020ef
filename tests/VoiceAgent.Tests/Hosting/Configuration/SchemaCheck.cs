using System.Text.Json;
using System.Text.RegularExpressions;

namespace VoiceAgent.Tests.Hosting.Configuration;

/// <summary>Holds JSON against a schema, for as much of JSON Schema as the configuration's schema uses.</summary>
internal sealed class SchemaCheck(JsonElement root)
{
    private static readonly HashSet<string> Understood =
        ["$schema", "$defs", "$ref", "title", "description", "default", "type", "enum", "properties", "additionalProperties", "items", "pattern", "minimum", "maximum"];

    /// <summary>Where and why a document does not fit; empty when it does.</summary>
    public IEnumerable<string> Faults(JsonElement document) => Faults(root, document, "");

    private IEnumerable<string> Faults(JsonElement schema, JsonElement value, string path)
    {
        foreach (var word in schema.EnumerateObject())
        {
            if (!Understood.Contains(word.Name))
                yield return $"{path}: the schema says {word.Name}";
        }
        if (schema.TryGetProperty("$ref", out var reference))
            schema = root.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..]);
        if (schema.TryGetProperty("type", out var type) && !Types(type).Any(name => Is(value, name)))
            yield return $"{path}: {value.ValueKind} is not {type}";
        if (schema.TryGetProperty("enum", out var names) && !names.EnumerateArray().Any(name => JsonElement.DeepEquals(name, value)))
            yield return $"{path}: {value} is none of {names}";
        if (value.ValueKind == JsonValueKind.String && schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(value.GetString()!, pattern.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1)))
            yield return $"{path}: {value} does not match {pattern}";
        if (value.ValueKind == JsonValueKind.Number && ((schema.TryGetProperty("minimum", out var least) && value.GetDecimal() < least.GetDecimal())
            || (schema.TryGetProperty("maximum", out var most) && value.GetDecimal() > most.GetDecimal())))
            yield return $"{path}: {value} is out of range";
        foreach (var fault in Inner(schema, value, path))
            yield return fault;
    }

    private IEnumerable<string> Inner(JsonElement schema, JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
            return value.EnumerateArray().SelectMany((item, i) => Faults(items, item, $"{path}:{i}"));
        return value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().SelectMany(property => Of(schema, property, $"{path}:{property.Name}")) : [];
    }

    private IEnumerable<string> Of(JsonElement schema, JsonProperty property, string path)
    {
        if (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(property.Name, out var known))
            return Faults(known, property.Value, path);
        if (!schema.TryGetProperty("additionalProperties", out var others))
            return [];
        return others.ValueKind == JsonValueKind.False ? [$"{path}: not known"] : Faults(others, property.Value, path);
    }

    private static IEnumerable<string> Types(JsonElement type) => type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(name => name.GetString()!) : [type.GetString()!];

    private static bool Is(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "string" => value.ValueKind == JsonValueKind.String,
        "array" => value.ValueKind == JsonValueKind.Array,
        _ => value.ValueKind == JsonValueKind.Object,
    };
}
