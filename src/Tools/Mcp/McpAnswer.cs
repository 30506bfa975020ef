using System.Text.Json;
using ModelContextProtocol.Protocol;
using Tools.Http;

namespace Tools.Mcp;

/// <summary>What a server's result is for the model: structured content, else its texts; pictures and sounds are counted, not told.</summary>
internal static class McpAnswer
{
    private const int MaxErrorCharacters = 500;

    private static readonly ResultFields Everything = new([]);

    /// <summary>The result of a call.</summary>
    /// <param name="title">What the agent calls the server, as the beginning of a sentence.</param>
    /// <param name="result">What the server answered.</param>
    /// <param name="secrets">Values that are hidden.</param>
    public static ToolResult Of(string title, CallToolResult result, IReadOnlyList<string> secrets)
    {
        try
        {
            if (result.IsError == true)
                return Error(title, Texts(result.Content), secrets);
            if (result.StructuredContent is { } structured)
                return ToolResult.Ok(Everything.Of(structured, secrets));
            var text = Texts(result.Content);
            return ToolResult.Ok(Parsed(text) is { } json ? Everything.Of(json, secrets) : text.Length == 0 ? "done" : ResultFields.Hide(text, secrets));
        }
        catch (InvalidOperationException)
        {
            return ToolResult.Unknown($"{title} was asked to do it, but answered with garbled data.");   // JSON whose strings are no text
        }
    }

    /// <summary>A failure that the server told in words.</summary>
    public static ToolResult Error(string title, string text, IReadOnlyList<string> secrets)
    {
        var line = string.Concat(ResultFields.Hide(text, secrets).Select(character => char.IsControl(character) ? ' ' : character)).Trim();
        return ToolResult.Failed(line.Length == 0 ? $"{title} reports a failure." : $"{title} reports a failure: {Cut(line)}");
    }

    private static string Cut(string text) => text.Length <= MaxErrorCharacters ? text : string.Concat(text.AsSpan(0, MaxErrorCharacters), "...");

    private static string Texts(IEnumerable<ContentBlock> content)
    {
        var texts = new List<string>();
        var leftOut = 0;
        foreach (var block in content)
        {
            if (Text(block) is { } text)
                texts.Add(text);
            else
                leftOut++;
        }
        if (leftOut > 0)
            texts.Add(leftOut == 1 ? "(One picture, sound or file is left out.)" : $"({leftOut} pictures, sounds or files are left out.)");
        return string.Join('\n', texts);
    }

    private static string? Text(ContentBlock block) => block switch
    {
        TextContentBlock text => text.Text,
        EmbeddedResourceBlock { Resource: TextResourceContents resource } => resource.Text,
        ResourceLinkBlock link => $"{link.Title ?? link.Name}: {link.Uri}",
        _ => null,
    };

    // Many servers have only texts, and write JSON into them.
    private static JsonElement? Parsed(string text)
    {
        if (!text.StartsWith('{') && !text.StartsWith('['))
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
