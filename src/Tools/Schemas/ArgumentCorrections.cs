using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Tools.Schemas;

/// <summary>Values that are not of the type that a schema asks for, but whose meaning is clear.</summary>
internal static class ArgumentCorrections
{
    /// <summary>The value that is meant, of one of the allowed types.</summary>
    /// <returns>Null when it is not clear.</returns>
    public static JsonElement? Correct(JsonElement value, Func<string, bool> allows) => value.ValueKind switch
    {
        JsonValueKind.String => OfText(value.GetString()!.Trim(), allows),
        JsonValueKind.Number when allows("integer") && Integer(value) is { } integer => integer,
        JsonValueKind.Number when allows("string") => JsonElement.Parse($"\"{value.GetRawText()}\""),
        _ => null,
    };

    /// <summary>A number without a fraction, written as digits; null when it has one, or is too large to tell.</summary>
    public static JsonElement? Integer(JsonElement number) => number.TryGetDecimal(out var value) && value == decimal.Truncate(value)
        ? JsonElement.Parse(decimal.Truncate(value).ToString("0", CultureInfo.InvariantCulture))
        : null;

    /// <summary>Arguments with other values in some places; null takes a value out.</summary>
    public static JsonElement Apply(JsonElement arguments, IReadOnlyDictionary<string, JsonElement?> corrections)
    {
        if (corrections.Count == 0)
            return arguments;
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, arguments, ArgumentPath.Root, corrections);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static JsonElement? OfText(string text, Func<string, bool> allows)
    {
        if (allows("boolean") && bool.TryParse(text, out var truth))
            return JsonElement.Parse(truth ? "true" : "false");
        if ((!allows("integer") && !allows("number")) || !decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return null;
        if (number == decimal.Truncate(number))
            return JsonElement.Parse(decimal.Truncate(number).ToString("0", CultureInfo.InvariantCulture));
        return allows("number") ? JsonElement.Parse(number.ToString(CultureInfo.InvariantCulture)) : null;
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, ArgumentPath path, IReadOnlyDictionary<string, JsonElement?> corrections)
    {
        if (corrections.TryGetValue(path.ToString(), out var corrected) && corrected is { } other)
            other.WriteTo(writer);
        else if (value.ValueKind == JsonValueKind.Object)
            WriteObject(writer, value, path, corrections);
        else if (value.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            writer.WriteStartArray();
            foreach (var item in value.EnumerateArray())
                Write(writer, item, path.Item(index++), corrections);
            writer.WriteEndArray();
        }
        else
            value.WriteTo(writer);
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement value, ArgumentPath path, IReadOnlyDictionary<string, JsonElement?> corrections)
    {
        writer.WriteStartObject();
        foreach (var property in value.EnumerateObject())
        {
            var place = path.Property(property.Name);
            if (corrections.TryGetValue(place.ToString(), out var corrected) && corrected is null)
                continue;
            writer.WritePropertyName(property.Name);
            Write(writer, property.Value, place, corrections);
        }
        writer.WriteEndObject();
    }
}
