using System.Text.RegularExpressions;

namespace Tools.Templates;

/// <summary>A value that stands outside the configuration: <c>${env:NAME}</c> in the environment, <c>${file:PATH}</c> in a file.</summary>
/// <remarks>Any thread. A file is read at every use, so that a rotated secret needs no restart; one that cannot be read any more keeps its last value.</remarks>
internal sealed partial class Secret
{
    /// <summary>Largest file that is taken for a secret, in bytes.</summary>
    public const int MaxFileBytes = 64 * 1024;

    private readonly bool _isFile;
    private readonly string _name;
    private volatile string _lastValue = "";

    private Secret(bool isFile, string name)
    {
        _isFile = isFile;
        _name = name;
    }

    /// <summary>The value as it is now; empty when there never was one.</summary>
    public string Value => (TryRead(out var value) ? _lastValue = value : _lastValue);

    /// <summary>The reference as it stands in the configuration, which is no secret.</summary>
    public string Reference => $"${{{(_isFile ? "file" : "env")}:{_name}}}";

    /// <summary>The secret of a reference such as <c>${env:NAME}</c>; null when it is none.</summary>
    public static Secret? TryParse(string reference) =>
        ReferenceForm().Match(reference) is { Success: true } match ? new Secret(match.Groups["kind"].Value == "file", match.Groups["name"].Value) : null;

    /// <summary>What keeps it from being used, with the remedy; null for nothing.</summary>
    public string? Fault() => TryRead(out var value) && value.Length > 0 ? null
        : _isFile ? $"{Reference}: the file is missing, empty, unreadable or larger than {MaxFileBytes / 1024} KB; put the secret there"
        : $"{Reference}: the environment variable is not set; set it before the start";

    private bool TryRead(out string value)
    {
        value = "";
        try
        {
            value = (_isFile ? ReadFile(_name) : Environment.GetEnvironmentVariable(_name) ?? "").Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return false;
        }
        return value.Length > 0;
    }

    private static string ReadFile(string path) => new FileInfo(path).Length <= MaxFileBytes ? File.ReadAllText(path) : "";

    [GeneratedRegex(@"^\$\{(?<kind>env|file):(?<name>[^{}]+)\}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReferenceForm();
}
