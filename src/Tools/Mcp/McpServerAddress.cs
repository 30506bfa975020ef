using Tools.Templates;

namespace Tools.Mcp;

/// <summary>Where a server is and what it is given, with the secrets as they are now.</summary>
/// <remarks>Immutable.</remarks>
internal sealed class McpServerAddress(McpSourceOptions options, SettingsFaults faults)
{
    private readonly IReadOnlyList<TextTemplate> _arguments = [.. options.Arguments.Select(argument => faults.Template(nameof(options.Arguments), argument))];
    private readonly IReadOnlyList<(string Name, TextTemplate Value)> _environment = Pairs(options.Environment, faults.Below(nameof(options.Environment)));
    private readonly IReadOnlyList<(string Name, TextTemplate Value)> _headers = Pairs(options.Headers, faults.Below(nameof(options.Headers)));

    /// <summary>The program; empty for a server at an address.</summary>
    public string Command => options.Command;

    /// <summary>The program's folder; empty for the service's own.</summary>
    public string WorkingDirectory => options.WorkingDirectory;

    /// <summary>The address; null for a program.</summary>
    public Uri? Url => options.Url.Length > 0 ? new Uri(options.Url) : null;

    /// <summary>The templates, for checks.</summary>
    public IEnumerable<TextTemplate> Templates => _arguments.Concat(_environment.Concat(_headers).Select(pair => pair.Value));

    /// <summary>The program's arguments.</summary>
    public IEnumerable<string> Arguments() => _arguments.Select(Text);

    /// <summary>The program's variables.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment() => _environment.Select(pair => KeyValuePair.Create(pair.Name, Text(pair.Value)));

    /// <summary>The headers.</summary>
    public Dictionary<string, string> Headers() => _headers.ToDictionary(pair => pair.Name, pair => Text(pair.Value), StringComparer.OrdinalIgnoreCase);

    /// <summary>Values that nobody may see.</summary>
    public IReadOnlyList<string> Secrets() =>
        [.. Templates.SelectMany(template => template.Secrets).Select(secret => secret.Value).Where(value => value.Length > 0).Distinct(StringComparer.Ordinal)];

    // Arguments of a call have no place here, which was checked.
    private static string Text(TextTemplate template) => template.Expand(_ => "", value => value) ?? "";

    private static IReadOnlyList<(string Name, TextTemplate Value)> Pairs(Dictionary<string, string> values, SettingsFaults faults) =>
        [.. values.Select(pair => (pair.Key, faults.Template(pair.Key, pair.Value)))];
}
