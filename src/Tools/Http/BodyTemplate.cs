using System.Buffers;
using System.Text.Json;
using Tools.Templates;

namespace Tools.Http;

/// <summary>A JSON body with places in its strings: a string that is nothing but a place becomes the argument as it is, number or list; others take its text.</summary>
/// <remarks>Immutable. Filled in as values, not as text, so that no argument can change the body's structure.</remarks>
internal sealed class BodyTemplate
{
    private readonly JsonElement _body;
    private readonly Dictionary<string, TextTemplate> _texts;

    private BodyTemplate(JsonElement body, Dictionary<string, TextTemplate> texts) => (_body, _texts) = (body, texts);

    /// <summary>Names of the arguments.</summary>
    public IEnumerable<string> Arguments => _texts.Values.SelectMany(text => text.Arguments);

    /// <summary>The secrets.</summary>
    public IEnumerable<Secret> Secrets => _texts.Values.SelectMany(text => text.Secrets);

    /// <summary>Reads a template.</summary>
    /// <returns>What is wrong with it, the remedy included; null for nothing.</returns>
    public static string? TryParse(string json, out BodyTemplate? template)
    {
        template = null;
        var texts = new Dictionary<string, TextTemplate>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(json);
            if (Collect(document.RootElement, texts) is { } fault)
                return fault;
            template = new BodyTemplate(document.RootElement.Clone(), texts);
            return null;
        }
        catch (JsonException)
        {
            return "it is not JSON; places stand in strings, such as { \"count\": \"{count}\" }";
        }
    }

    /// <summary>The body of one call. Properties and entries whose argument was not given are left out.</summary>
    public byte[] Expand(CallValues values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, _body, values);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>All of some arguments as an object.</summary>
    public static byte[] Of(IEnumerable<KeyValuePair<string, JsonElement>> arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in arguments)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static string? Collect(JsonElement element, Dictionary<string, TextTemplate> texts) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Select(property => Collect(property.Value, texts)).FirstOrDefault(fault => fault is not null),
        JsonValueKind.Array => element.EnumerateArray().Select(entry => Collect(entry, texts)).FirstOrDefault(fault => fault is not null),
        JsonValueKind.String => Collect(element.GetString()!, texts),
        _ => null,
    };

    private static string? Collect(string text, Dictionary<string, TextTemplate> texts)
    {
        var fault = TextTemplate.TryParse(text, out var template);
        texts[text] = template;
        return fault;
    }

    private void Write(Utf8JsonWriter writer, JsonElement element, CallValues values)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            foreach (var property in element.EnumerateObject().Where(property => IsGiven(property.Value, values)))
            {
                writer.WritePropertyName(property.Name);
                Write(writer, property.Value, values);
            }
            writer.WriteEndObject();
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var entry in element.EnumerateArray().Where(entry => IsGiven(entry, values)))
                Write(writer, entry, values);
            writer.WriteEndArray();
        }
        else if (element.ValueKind == JsonValueKind.String)
        {
            WriteText(writer, _texts[element.GetString()!], values);
        }
        else
        {
            element.WriteTo(writer);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, TextTemplate text, CallValues values)
    {
        if (text.OnlyArgument is { } name && values.Json(name) is { } value)
            value.WriteTo(writer);
        else
            writer.WriteStringValue(text.Expand(argument => values.Text(argument) ?? "", inserted => inserted));
    }

    private bool IsGiven(JsonElement element, CallValues values) =>
        element.ValueKind != JsonValueKind.String || _texts[element.GetString()!].OnlyArgument is not { } name || values.Json(name) is not null;
}
