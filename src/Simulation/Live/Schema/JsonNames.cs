using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Simulation.Live.Schema;

/// <summary>The two spellings of a field's name: camelCase on the wire, snake_case in error texts and from some clients.</summary>
internal static class JsonNames
{
    public static string ToSnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter))
                text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.ToString();
    }

    public static string ToCamelCase(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '_' && i + 1 < name.Length)
                text.Append(char.ToUpperInvariant(name[++i]));
            else
                text.Append(name[i]);
        }
        return text.ToString();
    }

    /// <summary>A node's value in either spelling; null when it is absent.</summary>
    public static JsonNode? Find(this JsonObject node, string camelCaseName) => node[camelCaseName] ?? node[ToSnakeCase(camelCaseName)];

    /// <summary>Puts a value under its camelCase name, or with null takes it away; the other spelling goes.</summary>
    public static void Replace(this JsonObject node, string camelCaseName, JsonNode? value)
    {
        node.Remove(ToSnakeCase(camelCaseName));
        node.Remove(camelCaseName);
        if (value is not null)
            node[camelCaseName] = value;
    }

    /// <summary>The field's value in either spelling; undefined when it is absent or when there is no object.</summary>
    public static JsonElement Get(this JsonElement element, string camelCaseName)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return default;
        return element.TryGetProperty(camelCaseName, out var value) || element.TryGetProperty(ToSnakeCase(camelCaseName), out value) ? value : default;
    }

    public static bool Has(this JsonElement element, string camelCaseName) => element.Get(camelCaseName).ValueKind != JsonValueKind.Undefined;

    public static string GetText(this JsonElement element, string camelCaseName) =>
        element.Get(camelCaseName) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    public static bool GetBool(this JsonElement element, string camelCaseName) => element.Get(camelCaseName).ValueKind == JsonValueKind.True;

    /// <summary>A number, which proto3 JSON may also write as a string.</summary>
    public static double? GetNumber(this JsonElement element, string camelCaseName)
    {
        var value = element.Get(camelCaseName);
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String when double.TryParse(value.GetString(), out var number) => number,
            _ => null,
        };
    }

    /// <summary>The elements of a repeated field; none when it is absent.</summary>
    public static IEnumerable<JsonElement> GetElements(this JsonElement element, string camelCaseName) =>
        element.Get(camelCaseName) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];
}
