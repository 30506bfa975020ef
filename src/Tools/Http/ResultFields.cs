using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tools.Http;

/// <summary>What the model sees of an answer: the named fields in the answer's own structure, without our own secrets.</summary>
/// <remarks>Immutable.</remarks>
internal sealed partial class ResultFields
{
    private const string Hidden = "***";

    private readonly Node _root = new();

    /// <param name="paths">Such as <c>status</c>, <c>customer.name</c>, <c>items[].name</c>, <c>[].id</c>; none for all.</param>
    public ResultFields(IReadOnlyList<string> paths)
    {
        _root.IsWhole = paths.Count == 0;
        foreach (var path in paths)
        {
            var node = _root;
            foreach (Match step in Step().Matches(path))
                node = step.Value == "[]" ? node.Entries ??= new Node() : node.Field(step.Value);
            node.IsWhole = true;
        }
    }

    /// <summary>Whether a path can be read.</summary>
    public static bool IsPath(string path) => PathForm().IsMatch(path);

    /// <summary>The part of a document that the model sees.</summary>
    /// <param name="document">The answer.</param>
    /// <param name="secrets">Values that are hidden wherever they stand.</param>
    public JsonElement Of(JsonElement document, IReadOnlyList<string> secrets)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Copy(writer, document, _root, secrets);
        using var copy = JsonDocument.Parse(buffer.WrittenMemory);
        return copy.RootElement.Clone();
    }

    /// <summary>A text without the secrets in it.</summary>
    public static string Hide(string text, IReadOnlyList<string> secrets)
    {
        foreach (var secret in secrets)
            text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        // Partly encoded, as servers log addresses.
        return text.Contains('%') && Uri.UnescapeDataString(text) is var plain && secrets.Any(secret => plain.Contains(secret, StringComparison.Ordinal)) ? Hidden : text;
    }

    private static void Copy(Utf8JsonWriter writer, JsonElement element, Node node, IReadOnlyList<string> secrets)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            foreach (var property in element.EnumerateObject())
            {
                if ((node.IsWhole ? node : node.Fields?.GetValueOrDefault(property.Name)) is not { } inner)
                    continue;
                writer.WritePropertyName(Hide(property.Name, secrets));
                Copy(writer, property.Value, inner, secrets);
            }
            writer.WriteEndObject();
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            if ((node.IsWhole ? node : node.Entries) is { } inner)
            {
                foreach (var entry in element.EnumerateArray())
                    Copy(writer, entry, inner, secrets);
            }
            writer.WriteEndArray();
        }
        else if (element.ValueKind == JsonValueKind.String)
        {
            writer.WriteStringValue(node.IsWhole ? Hide(element.GetString()!, secrets) : null);
        }
        else if (!node.IsWhole || secrets.Any(secret => element.GetRawText().Contains(secret, StringComparison.Ordinal)))
        {
            writer.WriteNullValue();
        }
        else
        {
            element.WriteTo(writer);
        }
    }

    [GeneratedRegex(@"\[\]|[^.\[\]]+", RegexOptions.None, 1000)]
    private static partial Regex Step();

    [GeneratedRegex(@"^(?:\[\]|[^.\[\]]+)(?:\[\]|\.[^.\[\]]+)*$", RegexOptions.None, 1000)]
    private static partial Regex PathForm();

    private sealed class Node
    {
        public bool IsWhole { get; set; }

        public Dictionary<string, Node>? Fields { get; private set; }

        public Node? Entries { get; set; }

        public Node Field(string name)
        {
            Fields ??= new Dictionary<string, Node>(StringComparer.Ordinal);
            if (!Fields.TryGetValue(name, out var node))
                Fields[name] = node = new Node();
            return node;
        }
    }
}
