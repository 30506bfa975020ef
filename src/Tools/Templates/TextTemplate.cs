using System.Text;
using System.Text.RegularExpressions;

namespace Tools.Templates;

/// <summary>A text with places: <c>{argument}</c> of the call, <c>${env:NAME}</c> and <c>${file:PATH}</c> for secrets; <c>{{</c> and <c>}}</c> are braces.</summary>
/// <remarks>Immutable.</remarks>
internal sealed partial class TextTemplate
{
    private readonly IReadOnlyList<Part> _parts;

    private TextTemplate(IReadOnlyList<Part> parts) => _parts = parts;

    /// <summary>Names of the arguments, in the order of their places.</summary>
    public IEnumerable<string> Arguments => _parts.Select(part => part.Argument).OfType<string>();

    /// <summary>The secrets, in the order of their places.</summary>
    public IEnumerable<Secret> Secrets => _parts.Select(part => part.Secret).OfType<Secret>();

    /// <summary>Name of the argument when the text is nothing but its place; else null.</summary>
    public string? OnlyArgument => _parts is [{ Argument: { } name }] ? name : null;

    /// <summary>The parts, for templates whose places mean different things.</summary>
    public IReadOnlyList<Part> Parts => _parts;

    /// <summary>A template of some of these parts.</summary>
    public static TextTemplate Of(IReadOnlyList<Part> parts) => new(parts);

    /// <summary>Reads a template.</summary>
    /// <param name="text">As configured.</param>
    /// <param name="template">The template; what is readable of it on a fault.</param>
    /// <returns>What is wrong with it, the remedy included; null for nothing.</returns>
    public static string? TryParse(string text, out TextTemplate template)
    {
        var parts = new List<Part>();
        template = new TextTemplate(parts);
        foreach (Match token in Token().Matches(text))
        {
            if (Read(token.Value) is not { } part)
                return $"'{token.Value}' is neither an argument such as {{number}}, nor ${{env:NAME}} or ${{file:PATH}}; write {{{{ for a brace";
            if (part.Literal is { } more && parts is [.., { Literal: { } before }])
                parts[^1] = new Part(Literal: before + more);
            else
                parts.Add(part);
        }
        return null;
    }

    /// <summary>The text with its places filled.</summary>
    /// <param name="argument">Text of an argument; null when it was not given.</param>
    /// <param name="encode">Makes an inserted value fit its surroundings.</param>
    /// <returns>Null when an argument is missing.</returns>
    public string? Expand(Func<string, string?> argument, Func<string, string> encode)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            if (part.Literal is { } literal)
                text.Append(literal);
            else if ((part.Secret is { } secret ? secret.Value : argument(part.Argument!)) is { } value)
                text.Append(encode(value));
            else
                return null;
        }
        return text.ToString();
    }

    private static Part? Read(string token) => token switch
    {
        "{{" => new Part(Literal: "{"),
        "}}" => new Part(Literal: "}"),
        ['$', '{', ..] => Secret.TryParse(token) is { } secret ? new Part(Secret: secret) : null,
        ['{', .., '}'] => ArgumentName().IsMatch(token) ? new Part(Argument: token[1..^1]) : null,
        ['{', ..] => null,
        _ => new Part(Literal: token),
    };

    [GeneratedRegex(@"\{\{|\}\}|\$?\{[^{}]*\}?|\$|[^{}$]+|\}", RegexOptions.None, 1000)]
    private static partial Regex Token();

    [GeneratedRegex(@"^\{[A-Za-z_][A-Za-z0-9_]*\}$", RegexOptions.None, 1000)]
    private static partial Regex ArgumentName();

    /// <summary>A piece of a template; one of the three is set.</summary>
    internal sealed record Part(string? Literal = null, string? Argument = null, Secret? Secret = null);
}
