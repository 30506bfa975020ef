using System.Text.RegularExpressions;
using Tools.Templates;

namespace Tools.Http;

/// <summary>An address with places, whose values can change neither its host's domain nor the structure of its path.</summary>
/// <remarks>Immutable.</remarks>
internal sealed partial class UrlTemplate
{
    private const int MaxCharacters = 8_000;

    private readonly string _scheme;
    private readonly TextTemplate _authority;
    private readonly TextTemplate _path;
    private readonly TextTemplate _query;

    private UrlTemplate(string scheme, TextTemplate authority, TextTemplate path, TextTemplate query) =>
        (_scheme, _authority, _path, _query) = (scheme, authority, path, query);

    /// <summary>Names of the arguments.</summary>
    public IEnumerable<string> Arguments => _authority.Arguments.Concat(_path.Arguments).Concat(_query.Arguments);

    /// <summary>The secrets.</summary>
    public IEnumerable<Secret> Secrets => _authority.Secrets.Concat(_path.Secrets).Concat(_query.Secrets);

    /// <summary>Whether it begins with <c>http:</c>.</summary>
    public bool IsPlain => _scheme == Uri.UriSchemeHttp;

    /// <summary>The address when its host is written out; null when the host has places.</summary>
    public Uri? FixedHost => _authority.Parts is [{ Literal: { } host }] ? new Uri($"{_scheme}://{host}/") : null;

    /// <summary>Reads a template.</summary>
    /// <returns>What is wrong with it, the remedy included; null for nothing.</returns>
    public static string? TryParse(string text, out UrlTemplate? template)
    {
        template = null;
        var scheme = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? Uri.UriSchemeHttps
            : text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? Uri.UriSchemeHttp : null;
        if (scheme is null)
            return "it is no address; use https://HOST/PATH, or /PATH with BaseUrl";
        if (TextTemplate.TryParse(text[(scheme.Length + 3)..], out var parts) is { } fault)
            return fault;
        if (parts.Parts.Any(part => part.Literal?.Contains('#') == true))
            return "a fragment (#...) is never sent; leave it out";
        var (authority, rest) = Split(parts, "/?");
        var (path, query) = Split(rest, "?");
        if (authority.Parts.Count == 0 || authority.Parts.Any(part => part.Literal?.AsSpan().ContainsAny("@\\ ") == true))
            return "its host is missing, or carries a user name; put credentials into Headers";
        if (!Uri.TryCreate($"{scheme}://{authority.Expand(_ => "a", _ => "a")}{path.Expand(_ => "a", _ => "a")}", UriKind.Absolute, out var sample) || HasDotSegments(sample.OriginalString))
            return "it is no address; use https://HOST/PATH";
        template = new UrlTemplate(scheme, authority, path, query);
        return null;
    }

    /// <summary>The address of one call.</summary>
    /// <param name="values">What to fill in.</param>
    /// <param name="query">Further pairs, already encoded.</param>
    /// <param name="address">The address.</param>
    /// <returns>Why there is none, as a sentence for the model; null when there is one.</returns>
    public string? TryExpand(CallValues values, IEnumerable<string> query, out Uri? address)
    {
        address = null;
        foreach (var name in Arguments)
        {
            if (values.Text(name) is not { Length: > 0 })
                return CallValues.OfTheCall.Contains(name) ? $"This needs the {name}, which is not known." : $"The argument '{name}' must not be empty.";
        }
        if (_authority.Arguments.FirstOrDefault(name => !HostLabel().IsMatch(values.Text(name)!)) is { } host)
            return $"The argument '{host}' may have letters, digits and hyphens only.";
        if (_path.Arguments.FirstOrDefault(name => IsUnfit(values.Text(name)!)) is { } segment)
            return $"The argument '{segment}' has characters that are not allowed there.";
        var authority = _authority.Expand(values.Text, text => text)!;
        var path = _path.Expand(values.Text, Uri.EscapeDataString)!;
        var pairs = string.Join('&', new[] { _query.Expand(values.Text, Uri.EscapeDataString)!.TrimStart('?') }.Concat(query).Where(pair => pair.Length > 0));
        var text = $"{_scheme}://{authority}{(path.Length == 0 ? "/" : path)}{(pairs.Length == 0 ? "" : "?" + pairs)}";
        if (text.Length > MaxCharacters)
            return "The arguments are too long.";
        return HasDotSegments(path) || !Uri.TryCreate(text, UriKind.Absolute, out address) ? "The arguments do not make a valid address." : null;
    }

    // Some servers decode %2F before they look at the path: what would climb there is refused, not only encoded.
    private static bool IsUnfit(string value) => value.Any(char.IsControl) || value.Split('/', '\\').Any(segment => segment is "." or "..");

    private static bool HasDotSegments(string path) => path.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase).Split('/', '?').Any(segment => segment is "." or "..");

    // Cuts before the first of some characters in what is written out; places belong where they stand.
    private static (TextTemplate Before, TextTemplate After) Split(TextTemplate template, string separators)
    {
        var parts = template.Parts;
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].Literal is not { } literal || literal.IndexOfAny([.. separators]) is not (>= 0 and var at))
                continue;
            IEnumerable<TextTemplate.Part> before = at == 0 ? [] : [new(Literal: literal[..at])];
            return (TextTemplate.Of([.. parts.Take(i), .. before]), TextTemplate.Of([new(Literal: literal[at..]), .. parts.Skip(i + 1)]));
        }
        return (template, TextTemplate.Of([]));
    }

    [GeneratedRegex("^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$", RegexOptions.None, 1000)]
    private static partial Regex HostLabel();
}
