using System.Text;
using System.Text.Json;

namespace Simulation.Live.Schema;

/// <summary>How a field's value is written in proto3 JSON.</summary>
internal enum FieldKind
{
    Text,
    Bool,
    Int32,
    Int64,
    Number,
    Bytes,
    Enum,
    Message,
    TextMap,
    MessageMap,
    Struct,
    Any,
}

/// <summary>One row of the schema table: what a field may hold.</summary>
/// <param name="Kind">Form of the value, of each element where repeated.</param>
/// <param name="TypeName">Name of the message or enum type, as error texts print it.</param>
/// <param name="IsRepeated">Whether the value is an array.</param>
internal sealed record FieldSchema(FieldKind Kind, string TypeName, bool IsRepeated = false)
{
    /// <summary>Type of a message value or of a map's values.</summary>
    public MessageSchema? Message { get; init; }

    /// <summary>Legal names of an enum.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];
}

/// <summary>The fields a message type knows; an unknown one is fatal.</summary>
internal sealed class MessageSchema(string name)
{
    private readonly Dictionary<string, FieldSchema> _fields = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    /// <summary>Adds a field under its camelCase name; the service takes snake_case too.</summary>
    public MessageSchema With(string name, FieldSchema field)
    {
        _fields.Add(name, field);
        _fields.TryAdd(JsonNames.ToSnakeCase(name), field);
        return this;
    }

    public bool TryGet(string name, out FieldSchema? field) => _fields.TryGetValue(name, out field);
}

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
