using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Simulation.Live;

/// <summary>The fast way for <c>{"realtimeInput":{"audio":{"mimeType":…,"data":…}}}</c>, fifty times a second per session.</summary>
/// <remarks>Takes that exact shape and nothing else: whatever deviates, legal or not, goes the slow way through the schema table.</remarks>
internal static class AudioMessage
{
    /// <summary>Reads the message; false sends it the slow way.</summary>
    /// <param name="message">The whole client message.</param>
    /// <param name="pcmBytes">Where the audio goes, at least three quarters of the message long.</param>
    /// <param name="length">Bytes of audio.</param>
    /// <param name="rateHz">Sample rate of the mime type.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, Span<byte> pcmBytes, out int length, out int rateHz)
    {
        (length, rateHz) = (-1, 0);
        var reader = new Utf8JsonReader(message);
        try
        {
            if (!Enter(ref reader) || !EnterProperty(ref reader, "realtimeInput"u8, "realtime_input"u8) || !EnterProperty(ref reader, "audio"u8, "audio"u8))
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (rateHz == 0 && (reader.ValueTextEquals("mimeType"u8) || reader.ValueTextEquals("mime_type"u8)))
                {
                    if (!reader.Read() || !TryReadRate(ref reader, out rateHz))
                        return false;
                }
                else if (length < 0 && reader.ValueTextEquals("data"u8))
                {
                    if (!reader.Read() || !TryReadData(ref reader, pcmBytes, out length))
                        return false;
                }
                else
                {
                    return false;
                }
            }
            return length >= 0 && rateHz > 0 && reader.TokenType == JsonTokenType.EndObject && Leave(ref reader) && Leave(ref reader) && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads the rate of <c>audio/pcm;rate=N</c>; false for any other form, and for rates nobody speaks at.</summary>
    public static bool TryParseMimeType(ReadOnlySpan<char> mimeType, out int rateHz)
    {
        rateHz = 0;
        var semicolon = mimeType.IndexOf(';');
        if (semicolon < 0 || !mimeType[..semicolon].Trim().Equals("audio/pcm", StringComparison.OrdinalIgnoreCase))
            return false;
        var parameter = mimeType[(semicolon + 1)..].Trim();
        return parameter.StartsWith("rate=", StringComparison.OrdinalIgnoreCase)
            && int.TryParse(parameter["rate=".Length..], System.Globalization.NumberStyles.None, provider: null, out rateHz)
            && rateHz is 8_000 or 16_000 or 24_000 or 48_000;
    }

    /// <summary>Decodes base64 in the standard or the URL-safe alphabet.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> pcmBytes, out int length)
    {
        if (Base64.DecodeFromUtf8(text, pcmBytes, out var consumed, out length) == OperationStatus.Done && consumed == text.Length)
            return true;
        return Base64Url.DecodeFromUtf8(text, pcmBytes, out consumed, out length) == OperationStatus.Done && consumed == text.Length;
    }

    private static bool Enter(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.StartObject;

    private static bool Leave(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.EndObject;

    private static bool EnterProperty(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, ReadOnlySpan<byte> snakeName) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName
        && (reader.ValueTextEquals(name) || reader.ValueTextEquals(snakeName)) && Enter(ref reader);

    private static bool TryReadRate(ref Utf8JsonReader reader, out int rateHz)
    {
        rateHz = 0;
        if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped || reader.ValueSpan.Length > 64)
            return false;
        Span<char> text = stackalloc char[64];
        return Encoding.UTF8.TryGetChars(reader.ValueSpan, text, out var written) && TryParseMimeType(text[..written], out rateHz);
    }

    private static bool TryReadData(ref Utf8JsonReader reader, Span<byte> pcmBytes, out int length)
    {
        length = -1;
        if (reader.TokenType != JsonTokenType.String)
            return false;
        if (!reader.ValueIsEscaped)
            return TryDecode(reader.ValueSpan, pcmBytes, out length);

        // System.Text.Json writes '+' as \u002B unless told otherwise: legal, and common from .NET clients.
        var text = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        var isRead = TryDecode(text.AsSpan(0, reader.CopyString(text)), pcmBytes, out length);
        ArrayPool<byte>.Shared.Return(text);
        return isRead;
    }
}
