using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeminiLive.Schemas;

/// <summary>One translation of a JSON Schema (<see cref="LiveSchema"/>): walks it, and stops at the first thing that has no counterpart.</summary>
/// <remarks>Used once, by one thread. Bounded in depth and in the number of schemas, so that references cannot blow it up.</remarks>
internal sealed class SchemaTranslation(JsonElement root)
{
    private const int MaxDepth = 16;
    private const int MaxSchemas = 1_000;

    // What says more than the service can be told; a call that broke such a rule would puzzle the model.
    private static readonly string[] Refused =
    [
        "not", "if", "then", "else", "patternProperties", "prefixItems", "contains", "dependentSchemas", "dependentRequired", "dependencies",
        "propertyNames", "unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$recursiveRef",
    ];

    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private int _schemas;

    /// <summary>Why <see cref="Translate()"/> gave nothing: a place as a JSON pointer, and a reason.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>The whole schema; null when it cannot be translated.</summary>
    public JsonObject? Translate() => Translate(root, "#", 0);

    private JsonObject? Translate(JsonElement schema, string place, int depth)
    {
        if (depth > MaxDepth || ++_schemas > MaxSchemas)
            return Fail(place, depth > MaxDepth ? $"it is nested deeper than {MaxDepth}" : $"it has more than {MaxSchemas} parts");
        if (schema.ValueKind != JsonValueKind.Object)
            return Fail(place, "it allows anything or nothing; name a type");
        if (Refused.FirstOrDefault(key => schema.TryGetProperty(key, out _)) is { } refused)
            return Fail(place, $"'{refused}' has no counterpart");
        if (schema.TryGetProperty("$ref", out var reference))
            return FollowReference(schema, reference, place, depth);
        if (schema.TryGetProperty("allOf", out var all))
            return FollowOnly(schema, all, place, depth);
        if (Alternatives(schema) is { } alternatives)
            return TranslateAlternatives(schema, alternatives, place, depth);
        return TranslateTyped(schema, place, depth);
    }

    private JsonObject? FollowReference(JsonElement schema, JsonElement reference, string place, int depth)
    {
        var pointer = reference.ValueKind == JsonValueKind.String ? reference.GetString()! : "";
        if (!JsonPointer.TryFind(root, pointer, out var target))
            return Fail(place, $"'$ref' to '{pointer}' leads nowhere within this schema");
        if (!_open.Add(pointer))
            return Fail(place, $"'$ref' to '{pointer}' contains itself");
        var translated = Translate(target, place, depth + 1);
        _open.Remove(pointer);
        return translated is null ? null : SchemaWords.Override(translated, schema);
    }

    private JsonObject? FollowOnly(JsonElement schema, JsonElement all, string place, int depth)
    {
        if (all.ValueKind != JsonValueKind.Array || all.GetArrayLength() != 1 || schema.TryGetProperty("properties", out _))
            return Fail(place, "'allOf' of more than one has no counterpart");
        var translated = Translate(all[0], place, depth + 1);
        return translated is null ? null : SchemaWords.Override(translated, schema);
    }

    private static JsonElement[]? Alternatives(JsonElement schema)
    {
        foreach (var key in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            if (schema.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array)
                return [.. list.EnumerateArray()];
        }
        return null;
    }

    private JsonObject? TranslateAlternatives(JsonElement schema, JsonElement[] alternatives, string place, int depth)
    {
        if (schema.TryGetProperty("properties", out _))
            return Fail(place, "'anyOf' or 'oneOf' beside 'properties' has no counterpart");
        var isNullable = alternatives.Any(IsNull);
        var translated = new List<JsonObject>();
        foreach (var alternative in alternatives.Where(alternative => !IsNull(alternative)))
        {
            if (Translate(alternative, $"{place}/anyOf/{translated.Count}", depth + 1) is not { } one)
                return null;
            translated.Add(one);
        }
        return Join(translated, isNullable, place) is { } joined ? SchemaWords.Override(joined, schema) : null;
    }

    private JsonObject? Join(List<JsonObject> translated, bool isNullable, string place)
    {
        if (translated.Count == 0)
            return Fail(place, "it allows nothing but null");
        var joined = translated.Count == 1 ? translated[0] : new JsonObject { ["anyOf"] = new JsonArray([.. translated]) };
        if (isNullable)
            joined["nullable"] = true;
        return joined;
    }

    private static bool IsNull(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "null";

    private JsonObject? TranslateTyped(JsonElement schema, string place, int depth)
    {
        var types = SchemaTypes.Of(schema, out var isNullable);
        if (types.Count == 0)
            return Fail(place, isNullable ? "it allows nothing but null" : "it names no type");
        var translated = new List<JsonObject>();
        foreach (var type in types)
        {
            if (TranslateAs(type, schema, place, depth) is not { } one)
                return null;
            translated.Add(one);
        }
        return Join(translated, isNullable, place);
    }

    private JsonObject? TranslateAs(string type, JsonElement schema, string place, int depth)
    {
        if (SchemaTypes.NameOf(type) is not { } name)
            return Fail(place, $"there is no type '{type}'");
        var translated = new JsonObject { ["type"] = name };
        SchemaWords.Describe(translated, type, schema);
        SchemaLimits.Copy(translated, type, schema);
        var isWhole = type switch
        {
            "object" => AddProperties(translated, schema, place, depth),
            "array" => AddItems(translated, schema, place, depth),
            _ => true,
        };
        return isWhole ? translated : null;
    }

    private bool AddProperties(JsonObject translated, JsonElement schema, string place, int depth)
    {
        if (!schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object || !properties.EnumerateObject().Any())
            return true;
        var all = new JsonObject();
        foreach (var property in properties.EnumerateObject())
        {
            if (Translate(property.Value, $"{place}/properties/{property.Name}", depth + 1) is not { } one)
                return false;
            all[property.Name] = one;
        }
        translated["properties"] = all;
        if (schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array)
            AddRequired(translated, all, required);
        return true;
    }

    private static void AddRequired(JsonObject translated, JsonObject properties, JsonElement required)
    {
        var names = required.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)
            .Where(properties.ContainsKey).Distinct(StringComparer.Ordinal).ToList();
        if (names.Count > 0)
            translated["required"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]);
    }

    private bool AddItems(JsonObject translated, JsonElement schema, string place, int depth)
    {
        if (!schema.TryGetProperty("items", out var items))
        {
            Fail(place, "it is an array without 'items'");
            return false;
        }
        translated["items"] = Translate(items, $"{place}/items", depth + 1);
        return translated["items"] is not null;
    }

    private JsonObject? Fail(string place, string reason)
    {
        if (Fault.Length == 0)
            Fault = $"{place}: {reason}";
        return null;
    }
}
