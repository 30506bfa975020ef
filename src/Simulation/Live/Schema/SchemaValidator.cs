using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Simulation.Live.Schema;

/// <summary>Holds a client message against the schema table and words the first fault as the real service does.</summary>
internal static class SchemaValidator
{
    /// <summary>The close that answers the message; null when its form is legal.</summary>
    public static CloseReason? Check(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
            return CloseReason.Invalid("Invalid JSON payload received. Root element must be a message.");
        if (CheckMessage(message, LiveSchema.ClientMessage, path: "") is { } fault)
            return CloseReason.Invalid(fault);
        return message.EnumerateObject().Count() == 1
            ? null
            : CloseReason.Invalid("Invalid JSON payload received. A client message holds exactly one of setup, clientContent, realtimeInput, toolResponse, contextUpdate.");
    }

    /// <summary>The first fault of a message of any type; null when its form is legal.</summary>
    public static string? Check(JsonElement value, MessageSchema schema, string path) => value.ValueKind == JsonValueKind.Object
        ? CheckMessage(value, schema, path)
        : "Invalid JSON payload received. Root element must be a message.";

    private static string? CheckMessage(JsonElement value, MessageSchema schema, string path)
    {
        foreach (var property in value.EnumerateObject())
        {
            if (!schema.TryGet(property.Name, out var field))
                return UnknownName(property.Name, path);
            if (CheckField(property.Value, field!, Join(path, property.Name)) is { } fault)
                return fault;
        }
        return null;
    }

    private static string? CheckField(JsonElement value, FieldSchema field, string path)
    {
        if (!field.IsRepeated)
            return CheckValue(value, field, path);
        if (value.ValueKind != JsonValueKind.Array)
            return InvalidValue(value, field, path);
        var index = 0;
        foreach (var element in value.EnumerateArray())
        {
            if (CheckValue(element, field, $"{path}[{index++}]") is { } fault)
                return fault;
        }
        return null;
    }

    private static string? CheckValue(JsonElement value, FieldSchema field, string path) => field.Kind switch
    {
        FieldKind.Any => null,
        FieldKind.Message when value.ValueKind == JsonValueKind.Object => CheckMessage(value, field.Message!, path),
        FieldKind.MessageMap when value.ValueKind == JsonValueKind.Object => CheckMap(value, field, path),
        FieldKind.TextMap when value.ValueKind == JsonValueKind.Object => CheckTextMap(value, field, path),
        _ => IsLegal(value, field) ? null : InvalidValue(value, field, path),
    };

    private static string? CheckMap(JsonElement map, FieldSchema field, string path)
    {
        foreach (var entry in map.EnumerateObject())
        {
            var entryPath = $"{path}[{entry.Name}]";
            var fault = entry.Value.ValueKind == JsonValueKind.Object
                ? CheckMessage(entry.Value, field.Message!, entryPath)
                : InvalidValue(entry.Value, field, entryPath);
            if (fault is not null)
                return fault;
        }
        return null;
    }

    private static string? CheckTextMap(JsonElement map, FieldSchema field, string path)
    {
        foreach (var entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
                return InvalidValue(entry.Value, field, $"{path}[{entry.Name}]");
        }
        return null;
    }

    private static bool IsLegal(JsonElement value, FieldSchema field) => field.Kind switch
    {
        FieldKind.Text => value.ValueKind == JsonValueKind.String,
        FieldKind.Bool => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        FieldKind.Int32 => int.TryParse(NumberText(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        FieldKind.Int64 => long.TryParse(NumberText(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        FieldKind.Number => double.TryParse(NumberText(value), NumberStyles.Float, CultureInfo.InvariantCulture, out _),
        FieldKind.Enum => value.ValueKind == JsonValueKind.String && field.Values.Contains(value.GetString()),
        FieldKind.Bytes => value.ValueKind == JsonValueKind.String && IsBase64(value.GetString()!),
        FieldKind.Struct => value.ValueKind == JsonValueKind.Object,
        _ => false,
    };

    // proto3 JSON takes a number as a string too.
    private static string NumberText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.String => value.GetString()!,
        _ => "",
    };

    private static bool IsBase64(string text) => Base64.IsValid(text) || Base64Url.IsValid(text);

    private static string UnknownName(string name, string path) => path.Length == 0
        ? $"Invalid JSON payload received. Unknown name \"{name}\": Cannot find field."
        : $"Invalid JSON payload received. Unknown name \"{name}\" at '{path}': Cannot find field.";

    private static string InvalidValue(JsonElement value, FieldSchema field, string path) => $"Invalid value at '{path}' ({field.TypeName}), {value.GetRawText()}";

    private static string Join(string path, string name) => path.Length == 0 ? JsonNames.ToSnakeCase(name) : $"{path}.{JsonNames.ToSnakeCase(name)}";
}
