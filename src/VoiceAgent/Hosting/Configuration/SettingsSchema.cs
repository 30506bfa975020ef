using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>JSON Schema (2020-12) of the configuration file, made of the options classes: what editors complete and check it by.</summary>
/// <remarks>Types, enums, ranges, defaults and what each setting means. Rules that join several settings are the validators' alone.</remarks>
internal sealed class SettingsSchema
{
    /// <summary>Name of the file, beside the configuration.</summary>
    public const string FileName = "appsettings.schema.json";

    private const string Time = @"^-?(\d+\.)?\d{1,2}:\d{2}(:\d{2}(\.\d{1,7})?)?$";
    private const string TimeOfDay = @"^\d{1,2}:\d{2}(:\d{2})?$";

    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private readonly SettingsDocs _docs;
    private readonly SortedDictionary<string, JsonNode?> _entries = new(StringComparer.Ordinal);
    private readonly NullabilityInfoContext _nullability = new();

    private SettingsSchema(SettingsDocs docs) => _docs = docs;

    /// <summary>The schema as a file; null where the program has no documentation comments with it, as in a release, which has the file.</summary>
    public static string? Create()
    {
        var docs = SettingsDocs.Of(VoiceAgentSetup.Sections.SelectMany(section => section.Inner.Select(inner => inner.Type).Append(section.Type)).Select(type => type.Assembly));
        return docs is null ? null : new SettingsSchema(docs).Root().ToJsonString(Pretty) + "\n";
    }

    private JsonObject Root()
    {
        var properties = new JsonObject
        {
            [ConfigurationFile.Schema] = new JsonObject { ["type"] = "string", ["description"] = "The schema that editors complete this file by." },
            [ConfigurationFile.Include] = List(new JsonObject { ["type"] = "string" }, "Further files that are read after this one and override it, in order; relative to this file."),
            [ConfigurationFile.Secrets] = new JsonObject
            {
                ["type"] = "string", ["description"] = "Folder with secret files: the file Live__ApiKey holds the value of Live:ApiKey; empty for none.", ["default"] = ConfigurationFile.DefaultSecrets,
            },
        };
        foreach (var (key, type, inner) in VoiceAgentSetup.Sections)
            properties[key] = Group(type, Activator.CreateInstance(type)!, inner);
        properties["Logging"] = new JsonObject { ["type"] = "object", ["description"] = "What is logged, as .NET has it: LogLevel by category." };
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Configuration of VoiceAgent",
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
            ["$defs"] = new JsonObject(_entries.ToList()),
        };
    }

    private JsonObject Group(Type type, object defaults, params IReadOnlyList<(string Key, Type Type)> inner)
    {
        var properties = new JsonObject();
        foreach (var property in SettingsCheck.SettableProperties(type))
            properties[property.Name] = Property(property, property.GetValue(defaults));
        foreach (var (key, innerType) in inner)
            properties[key] = Group(innerType, Activator.CreateInstance(innerType)!);
        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
    }

    private JsonObject Property(PropertyInfo property, object? value)
    {
        var isNullable = _nullability.Create(property).WriteState == NullabilityState.Nullable;
        var type = property.PropertyType;
        var schema = SettingsCheck.IsValue(type) ? Value(type, isNullable)
            : SettingsCheck.EntryType(type) is { } entry ? Entries(type, entry)
            : value is null ? Entry(type)
            : Group(type, value);
        if (isNullable && !SettingsCheck.IsValue(type) && schema["type"] is { } kind)
            schema["type"] = new JsonArray(kind.GetValue<string>(), "null");
        AddRange(schema, property.GetCustomAttribute<RangeAttribute>());
        if (_docs.Of(property) is { Length: > 0 } text)
            schema["description"] = text;
        if (SettingsCheck.IsValue(type) && Default(value) is { } usual)
            schema["default"] = usual;
        return schema;
    }

    private JsonObject Entries(Type type, Type entry) => type.GetGenericArguments().Length == 2
        ? new JsonObject { ["type"] = "object", ["additionalProperties"] = Entry(entry) }
        : List(Entry(entry), null);

    private static JsonObject List(JsonObject items, string? description)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = items };
        if (description is not null)
            list["description"] = description;
        return list;
    }

    /// <summary>What one entry of a list or dictionary looks like; classes are described once.</summary>
    private JsonObject Entry(Type type)
    {
        if (SettingsCheck.IsValue(type))
            return Value(type, isNullable: false);
        if (SettingsCheck.EntryType(type) is { } entry)
            return Entries(type, entry);
        if (type == typeof(IConfigurationSection))
            return [];
        if (_entries.TryAdd(type.Name, null))
            _entries[type.Name] = Group(type, Activator.CreateInstance(type)!);
        return new JsonObject { ["$ref"] = $"#/$defs/{type.Name}" };
    }

    private static JsonObject Value(Type type, bool isNullable)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        var mayBeNull = isNullable || plain != type;
        if (plain.IsEnum)
        {
            List<JsonNode?> names = [.. Enum.GetNames(plain).Select(name => JsonValue.Create(name))];
            return new JsonObject { ["enum"] = new JsonArray([.. mayBeNull ? [.. names, null] : names]) };
        }
        var kind = plain == typeof(bool) ? "boolean" : plain == typeof(int) || plain == typeof(long) ? "integer" : plain == typeof(double) || plain == typeof(decimal) ? "number" : "string";
        var schema = new JsonObject { ["type"] = mayBeNull ? new JsonArray(kind, "null") : kind };
        if (plain == typeof(TimeSpan) || plain == typeof(TimeOnly))
            schema["pattern"] = plain == typeof(TimeSpan) ? Time : TimeOfDay;
        return schema;
    }

    private static void AddRange(JsonObject schema, RangeAttribute? range)
    {
        if (range is null || range.OperandType == typeof(TimeSpan))
            return;   // times are text, and have their range in the description
        schema["minimum"] = JsonValue.Create(Convert.ToDecimal(range.Minimum, CultureInfo.InvariantCulture));
        schema["maximum"] = JsonValue.Create(Convert.ToDecimal(range.Maximum, CultureInfo.InvariantCulture));
    }

    private static JsonValue? Default(object? value) => value switch
    {
        null => null,
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        decimal number => JsonValue.Create(number),
        IFormattable other => JsonValue.Create(other.ToString(null, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(value.ToString()),
    };
}
