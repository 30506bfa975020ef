using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tools.Plugins;

namespace Tools.Invocation;

/// <summary>Writes what a tool returned as <c>{"output": ...}</c>, giving up as soon as it grows too large.</summary>
/// <remarks>Costs about twice the limit in memory, whatever the tool returns.</remarks>
internal static class ResultJson
{
    // A string is turned into JSON in one piece; the largest one that is tried, whatever the tool's own limit says.
    private const int MaxStringChars = 1 << 20;

    private static readonly byte[] OutputStart = """{"output":"""u8.ToArray();
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };
    private static readonly JsonSerializerOptions Options = CreateOptions();
    private static readonly PluginJson OfAnyType = new(Options);
    private static readonly JsonElement Done = JsonElement.Parse("\"done\""u8);

    /// <summary>The answer for a value.</summary>
    /// <param name="value">Anything that can be written as JSON; null, which some models take for a failure, becomes "done".</param>
    /// <param name="maxBytes">Largest size of the value as JSON.</param>
    /// <param name="cancellation">Ends the wait for an asynchronous sequence; what is there already is written all the same, because it was done.</param>
    /// <returns>The answer and the size of the value in bytes.</returns>
    /// <exception cref="ResultTooLargeException">It is larger.</exception>
    /// <exception cref="JsonException">It cannot be written: a cycle, for one.</exception>
    /// <exception cref="NotSupportedException">It is of a type that cannot be written.</exception>
    public static async ValueTask<(JsonElement Response, int Bytes)> OutputAsync(object? value, int maxBytes, CancellationToken cancellation)
    {
        using var json = new BoundedBuffer(OutputStart.Length + maxBytes);
        json.Write(OutputStart);
        if (value is null or JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined })
            value = Done;
        if (value is JsonElement element)
            WriteRaw(json, element, maxBytes);
        else
            await JsonSerializer.SerializeAsync(json, value, OfAnyType.For(value.GetType()), IsStillToCome(value) ? cancellation : CancellationToken.None);
        var bytes = (int)json.Length - OutputStart.Length;
        return (json.Close(), bytes);
    }

    /// <summary>The answer for a failure: <c>{"error": "..."}</c>; half a surrogate pair in a tool's own words is replaced.</summary>
    public static JsonElement Error(string sentence) =>
        JsonElement.Parse($$"""{"error":"{{JsonEncodedText.Encode(Encoding.UTF8.GetBytes(sentence), Options.Encoder)}}"}""");

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(AIJsonUtilities.DefaultOptions) { WriteIndented = false };
        options.Converters.Add(new BoundedString());
        options.Converters.Add(new BoundedBytes());
        options.Converters.Add(new BoundedElement());
        options.MakeReadOnly();
        return options;
    }

    private static bool IsStillToCome(object value) =>
        Array.Exists(value.GetType().GetInterfaces(), type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>));

    private static void WriteRaw(MemoryStream json, JsonElement element, int maxBytes)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        if (raw.Length > maxBytes)
            throw new ResultTooLargeException();
        json.Write(raw);
    }

    private static void Check(long chars)
    {
        if (chars > MaxStringChars)
            throw new ResultTooLargeException();
    }

    // Writing one string takes up to twelve times its size, all at once; so its size is looked at before.
    private sealed class BoundedString : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
        {
            Check(value.Length);
            writer.WriteStringValue(value);
        }
    }

    private sealed class BoundedBytes : JsonConverter<byte[]>
    {
        public override byte[]? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetBytesFromBase64();

        public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options)
        {
            Check(value.Length);
            writer.WriteBase64StringValue(value);
        }
    }

    private sealed class BoundedElement : JsonConverter<JsonElement>
    {
        public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonElement.ParseValue(ref reader);

        public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options)
        {
            if (value.ValueKind != JsonValueKind.Undefined)
                Check(JsonMarshal.GetRawUtf8Value(value).Length);
            value.WriteTo(writer);
        }
    }

    private sealed class BoundedBuffer(int maxBytes) : MemoryStream
    {
        // All ways of writing end here (MemoryStream of a derived class).
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > maxBytes)
                throw new ResultTooLargeException();
            base.Write(buffer, offset, count);
        }

        public new JsonElement Close()
        {
            WriteByte((byte)'}');
            return JsonElement.Parse(GetBuffer().AsSpan(0, (int)Length), Deep);
        }
    }
}

/// <summary>A result is larger than its tool may return.</summary>
internal sealed class ResultTooLargeException : Exception;
