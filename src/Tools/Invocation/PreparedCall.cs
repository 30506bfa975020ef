using System.Buffers;
using System.Text;
using System.Text.Json;
using Tools.Schemas;

namespace Tools.Invocation;

/// <summary>A call of the model that was read and checked: what to run, or why not.</summary>
/// <param name="Refusal">Words for the model; null when it may run.</param>
/// <param name="Arguments">A JSON object that fits the tool's schema.</param>
/// <param name="Wish">Equal for calls that ask for the same.</param>
internal sealed record PreparedCall(string? Refusal, JsonElement Arguments, string Wish)
{
    /// <summary>Longest arguments that are read, in characters.</summary>
    public const int MaxArgumentChars = 64 * 1024;

    /// <summary>Reads and checks the arguments of a call.</summary>
    public static PreparedCall Of(Tool tool, string argumentsJson)
    {
        if (argumentsJson.Length > MaxArgumentChars)
            return Refused(tool, $"The arguments are longer than {MaxArgumentChars} characters.");
        if (!TryParse(argumentsJson, out var arguments))
            return Refused(tool, "The arguments are not a JSON object.");
        try
        {
            var check = ArgumentCheck.Check(tool.Function.JsonSchema, arguments);
            var fault = check.Fault ?? ArgumentBinding.Fault(tool.Function, check.Arguments);
            return fault is not null ? Refused(tool, fault) : new(null, check.Arguments, $"{tool.Name} {Canonical(check.Arguments)}");
        }
        catch (InvalidOperationException)
        {
            return Refused(tool, "The arguments hold half a surrogate pair.");
        }
    }

    /// <summary>A call that cannot run.</summary>
    public static PreparedCall Refused(string words) => new(words, default, "");

    private static PreparedCall Refused(Tool tool, string fault) => Refused(ToolWords.WrongArguments(tool.Name, fault));

    private static bool TryParse(string json, out JsonElement arguments)
    {
        arguments = default;
        try
        {
            arguments = JsonElement.Parse(string.IsNullOrWhiteSpace(json) ? "{}" : json);
            return arguments.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Canonical(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
            WriteSorted(writer, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteSorted(Utf8JsonWriter writer, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            foreach (var property in value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
            {
                writer.WritePropertyName(property.Name);
                WriteSorted(writer, property.Value);
            }
            writer.WriteEndObject();
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in value.EnumerateArray())
                WriteSorted(writer, item);
            writer.WriteEndArray();
        }
        else
            value.WriteTo(writer);
    }
}
