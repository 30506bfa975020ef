using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Tools.Http;

/// <summary>The body of an answer, read up to a limit.</summary>
/// <param name="Json">The document, for JSON.</param>
/// <param name="Text">The text, for plain text.</param>
/// <param name="Fault">What keeps it from being used, such as <c>with too much data</c>; null for nothing.</param>
internal sealed record HttpBody(JsonElement? Json, string? Text, string? Fault)
{
    /// <summary>Largest body after decompression, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => Json is null && Text is null && Fault is null;

    /// <summary>Reads a body.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">The time was up.</exception>
    public static async Task<HttpBody> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > MaxBytes)
            return Bad("with too much data");
        var buffer = new ArrayBufferWriter<byte>();
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        try
        {
            while (await stream.ReadAsync(buffer.GetMemory(8 * 1024), cancellation) is > 0 and var count)
            {
                buffer.Advance(count);
                if (buffer.WrittenCount > MaxBytes)
                    return Bad("with too much data");
            }
        }
        catch (InvalidDataException)
        {
            return Bad("with data that cannot be decompressed");
        }
        return buffer.WrittenCount == 0 ? new HttpBody(null, null, null) : Parse(buffer.WrittenMemory, content);
    }

    private static HttpBody Parse(ReadOnlyMemory<byte> bytes, HttpContent content)
    {
        var type = content.Headers.ContentType?.MediaType ?? "";
        var isJson = type.Length == 0 || type.EndsWith("json", StringComparison.OrdinalIgnoreCase);
        if (!isJson && !IsPlain(type))
            return Bad("with something else than data");
        var text = CharsetOf(content).GetString(bytes.Span).TrimStart('\uFEFF');
        return isJson ? ParseJson(text) : new HttpBody(null, text, null);
    }

    private static bool IsPlain(string type) => type.ToUpperInvariant() is "TEXT/PLAIN" or "TEXT/CSV" or "TEXT/MARKDOWN";

    private static HttpBody ParseJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return new HttpBody(document.RootElement.Clone(), null, null);
        }
        catch (JsonException)
        {
            return Bad("with garbled data");
        }
    }

    private static Encoding CharsetOf(HttpContent content)
    {
        try
        {
            return content.Headers.ContentType?.CharSet is { Length: > 0 } name ? Encoding.GetEncoding(name.Trim('"')) : Encoding.UTF8;
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;   // a charset that nobody knows; what is plain ASCII still reads well
        }
    }

    private static HttpBody Bad(string fault) => new(null, null, fault);
}
