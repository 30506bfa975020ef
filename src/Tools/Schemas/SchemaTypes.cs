using System.Text.Json;

namespace Tools.Schemas;

/// <summary>Reads the parts of a schema that are not rules for one value: types, names, references.</summary>
internal static class SchemaTypes
{
    private const int MaxShownChars = 60;

    /// <summary>The types that a schema allows, in lower case.</summary>
    public static List<string> Names(JsonElement schema, JsonElement type)
    {
        List<string> names = type.ValueKind switch
        {
            JsonValueKind.String => [type.GetString()!.ToLowerInvariant()],
            JsonValueKind.Array => [.. type.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!.ToLowerInvariant())],
            _ => [],
        };
        if (schema.TryGetProperty("nullable", out var nullable) && nullable.ValueKind == JsonValueKind.True)
            names.Add("null");
        return names;
    }

    public static bool Allows(JsonElement schema, JsonElement type, string name) => Names(schema, type).Contains(name);

    /// <summary>Whether a value is of a type.</summary>
    public static bool Is(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && (IsPlain(value) || ArgumentCorrections.Integer(value) is not null),
        _ => true,
    };

    /// <summary>Whether a number is written as digits only.</summary>
    public static bool IsPlain(JsonElement number) => number.GetRawText().AsSpan().IndexOfAny(".eE") < 0;

    public static string Words(JsonElement schema, JsonElement type) => string.Join(" or ", Names(schema, type).ConvertAll(name => name switch
    {
        "object" or "array" or "integer" => $"an {name}",
        "null" => "null",
        _ => $"a {name}",
    }));

    /// <summary>A value, shortened, for the model.</summary>
    public static string Shown(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            _ => value.GetRawText(),
        };
        return text.Length <= MaxShownChars ? text : string.Concat(text.AsSpan(0, MaxShownChars), "…");
    }

    public static IEnumerable<string> Required(JsonElement schema) =>
        schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array
            ? required.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)
            : [];

    public static string Keys(JsonElement properties) => string.Join(", ", properties.EnumerateObject().Select(property => $"`{property.Name}`").Take(20));

    public static bool IsOnlyNull(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out var type) && Names(schema, type) is ["null"];

    /// <summary>The part of a schema that a reference such as <c>#/$defs/address</c> names (RFC 6901); null when it is not in it.</summary>
    public static JsonElement? Resolve(JsonElement root, JsonElement reference)
    {
        if (reference.ValueKind != JsonValueKind.String || reference.GetString() is not ['#', .. var pointer])
            return null;
        var part = root;
        foreach (var name in pointer.Split('/').Skip(1))
        {
            var key = Uri.UnescapeDataString(name).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (part.ValueKind == JsonValueKind.Array && int.TryParse(key, out var index) && index >= 0 && index < part.GetArrayLength())
                part = part[index];
            else if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty(key, out part))
                return null;
        }
        return part;
    }
}
