using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>Secret files as settings: the file <c>Live__ApiKey</c> holds the value of <c>Live:ApiKey</c>, as a variable of that name in the environment would.</summary>
/// <remarks>Files whose names are no settings of ours are not opened: the folder may hold other programs' secrets too.</remarks>
internal sealed class SecretFiles : KeyPerFileConfigurationProvider
{
    private readonly string _folder;

    private SecretFiles(string folder, KeyPerFileConfigurationSource source)
        : base(source) => _folder = folder;

    /// <summary>Names of the environment that are no key of a section, and may be files as well.</summary>
    public static IReadOnlyList<string> OtherNames { get; } = ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION"];

    /// <summary>Adds the files of a folder to the settings.</summary>
    public static void AddTo(IConfigurationBuilder builder, string folder) => builder.Add(new Source(folder));

    /// <summary>The files of a folder that are read.</summary>
    public static IEnumerable<string> In(string folder) => Directory.EnumerateFiles(folder).Where(file => IsOurs(Path.GetFileName(file)));

    /// <summary>The file that a setting came from.</summary>
    public string FileOf(string key) => Path.Combine(_folder, key.Replace(":", "__", StringComparison.Ordinal));

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A file cannot be read; it is named.</exception>
    public override void Load()
    {
        try
        {
            base.Load();
        }
        catch (UnauthorizedAccessException closed)
        {
            throw new InvalidDataException($"A secret file cannot be read; the service's user must be allowed to: {closed.Message}", closed);
        }
        // An editor ends a file with a line's end, and some secrets are copied with a blank.
        Data = Data.ToDictionary(entry => entry.Key, entry => entry.Value?.Trim(), StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsOurs(string name) =>
        OtherNames.Contains(name, StringComparer.OrdinalIgnoreCase)
        || VoiceAgentSetup.Sections.Any(section => name.StartsWith(section.Key + "__", StringComparison.OrdinalIgnoreCase));

    private sealed class Source(string folder) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => new SecretFiles(folder, new KeyPerFileConfigurationSource
        {
            FileProvider = new PhysicalFileProvider(folder),
            IgnoreCondition = name => !IsOurs(name),
            Optional = true,
        });
    }
}
