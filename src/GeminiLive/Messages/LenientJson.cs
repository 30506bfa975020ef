using System.Text;
using System.Text.Json;

namespace GeminiLive.Messages;

/// <summary>Reads values of the server's JSON that may be of the wrong type: a value that does not fit is skipped and counts as absent.</summary>
/// <remarks>Each method starts on the token before a value and ends on the value's last token. Broken JSON throws <see cref="JsonException"/>.</remarks>
internal static class LenientJson
{
    /// <summary>Enters an object; anything else is skipped.</summary>
    public static bool TryEnterObject(this ref Utf8JsonReader reader) => TryEnter(ref reader, JsonTokenType.StartObject);

    /// <summary>Enters an array; anything else is skipped.</summary>
    public static bool TryEnterArray(this ref Utf8JsonReader reader) => TryEnter(ref reader, JsonTokenType.StartArray);

    /// <summary>Moves to the next property name of the entered object.</summary>
    public static bool MoveToProperty(this ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Enters the next element of the entered array, which has to be an object; others are skipped.</summary>
    public static bool MoveToObject(this ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
                return true;
            reader.Skip();
        }
        return false;
    }

    /// <summary>Skips the value, whatever it is.</summary>
    public static void SkipValue(this ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    /// <summary>True for <c>true</c> and <c>"true"</c>.</summary>
    public static bool ReadFlag(this ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return reader.ValueTextEquals("true"u8);
        reader.Skip();
        return reader.TokenType == JsonTokenType.True;
    }

    /// <summary>A string, or null.</summary>
    public static string? ReadText(this ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString();
        reader.Skip();
        return null;
    }

    /// <summary>A whole number, written as number or string; 0 when it is neither or does not fit.</summary>
    public static int ReadNumber(this ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetInt32(out var number) ? number : 0;
        if (reader.TokenType == JsonTokenType.String)
            return int.TryParse(reader.ValueSpan, out var quoted) ? quoted : 0;
        reader.Skip();
        return 0;
    }

    /// <summary>A whole 64-bit number, which proto3 JSON writes as a string; null when it is none.</summary>
    public static long? ReadLong(this ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetInt64(out var number) ? number : null;
        if (reader.TokenType == JsonTokenType.String)
            return long.TryParse(reader.ValueSpan, out var quoted) ? quoted : null;
        reader.Skip();
        return null;
    }

    /// <summary>A proto3 duration such as <c>"49.500s"</c>; zero when it is none.</summary>
    public static TimeSpan ReadDuration(this ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && reader.ValueSpan is [.. var digits, (byte)'s']
            && double.TryParse(digits, out var seconds) && seconds is >= 0 and < 1e6)
            return TimeSpan.FromSeconds(seconds);
        reader.Skip();
        return TimeSpan.Zero;
    }

    /// <summary>The JSON text of an object as it stands, or null for anything else.</summary>
    public static string? ReadRawObject(this ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        reader.Read();
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return isObject ? Encoding.UTF8.GetString(json[start..(int)reader.BytesConsumed]) : null;
    }

    private static bool TryEnter(ref Utf8JsonReader reader, JsonTokenType type)
    {
        reader.Read();
        if (reader.TokenType == type)
            return true;
        reader.Skip();
        return false;
    }
}
