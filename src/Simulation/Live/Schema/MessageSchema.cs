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
