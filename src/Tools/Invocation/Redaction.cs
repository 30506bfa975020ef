using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tools.Invocation;

/// <summary>Takes out of JSON what must not be written down: the values of some keys, and what looks like a card number wherever it stands.</summary>
/// <remarks>Any thread. What cannot be searched in time is taken out whole.</remarks>
public sealed class Redaction
{
    private const string Mark = "***";
    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(50);
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    private readonly Regex _keys;
    private readonly Regex[] _patterns;

    /// <summary>Rules in force.</summary>
    /// <exception cref="ArgumentException">A pattern is no regular expression; the message names the key, the value and the remedy.</exception>
    public Redaction(RedactionOptions options)
    {
        var keys = options.Keys.Count > 0 ? options.Keys : RedactionOptions.DefaultKeys;
        var globs = keys.Select(key => Regex.Escape(key).Replace("\\*", ".*", StringComparison.Ordinal));
        _keys = new Regex($"^(?:{string.Join('|', globs)})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking, MatchLimit);
        NeedsDigits = options.Patterns.Count == 0;   // each pattern of ours holds a digit at least
        var patterns = options.Patterns.Count > 0 ? options.Patterns : RedactionOptions.DefaultPatterns;
        _patterns = [.. patterns.Select((pattern, index) => Compile(pattern, index))];
    }

    /// <summary>Whether nothing is taken out of a text that holds no digit.</summary>
    public bool NeedsDigits { get; }

    /// <summary>The JSON without what must not be written down; text that is no JSON is searched as text.</summary>
    public string Apply(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Deep);
            var buffer = new ArrayBufferWriter<byte>(json.Length + 16);
            using (var writer = new Utf8JsonWriter(buffer, Relaxed))
                Write(writer, document.RootElement);
            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or half a surrogate pair in it.
            return ApplyToText(json);
        }
    }

    /// <summary>A text without what the patterns match.</summary>
    public string ApplyToText(string text)
    {
        if (NeedsDigits && !HasDigit(text))
            return text;
        try
        {
            foreach (var pattern in _patterns)
                text = pattern.Replace(text, Mark);
            return text;
        }
        catch (RegexMatchTimeoutException)
        {
            return Mark;
        }
    }

    /// <summary>Whether there is a digit in it, of any script.</summary>
    public static bool HasDigit(string text)
    {
        foreach (var c in text)
        {
            if (char.IsDigit(c))
                return true;
        }
        return false;
    }

    private static Regex Compile(string pattern, int index)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MatchLimit);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"{RedactionOptions.Section}:Patterns:{index} is '{pattern}', which is no regular expression: {e.Message}", e);
        }
    }

    private void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, value);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(ApplyToText(value.GetString()!));
                break;
            case JsonValueKind.Number when ApplyToText(value.GetRawText()) is var text && text != value.GetRawText():
                writer.WriteStringValue(text);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private void WriteObject(Utf8JsonWriter writer, JsonElement value)
    {
        writer.WriteStartObject();
        foreach (var property in value.EnumerateObject())
        {
            writer.WritePropertyName(property.Name);
            if (IsSecret(property.Name))
                writer.WriteStringValue(Mark);
            else
                Write(writer, property.Value);
        }
        writer.WriteEndObject();
    }

    private bool IsSecret(string key)
    {
        try
        {
            return _keys.IsMatch(key);
        }
        catch (RegexMatchTimeoutException)
        {
            return true;
        }
    }
}
