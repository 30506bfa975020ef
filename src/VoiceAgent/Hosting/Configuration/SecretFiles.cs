namespace VoiceAgent.Hosting.Configuration;

/// <summary>Secret files as settings: the file <c>Live__ApiKey</c> holds the value of <c>Live:ApiKey</c>, as a variable of that name in the environment would.</summary>
/// <remarks>Files whose names are no settings of ours are not opened: the folder may hold other programs' secrets too, which we may not be allowed to read.</remarks>
internal sealed class SecretFiles : ConfigurationProvider
{
    private readonly string _folder;
    private readonly Dictionary<string, string> _files = new(StringComparer.OrdinalIgnoreCase);

    private SecretFiles(string folder) => _folder = folder;

    /// <summary>Names of the environment that are no key of a section, and may be files as well.</summary>
    public static IReadOnlyList<string> OtherNames { get; } = ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION"];

    /// <summary>Adds the files of a folder to the settings.</summary>
    public static void AddTo(IConfigurationBuilder builder, string folder) => builder.Add(new Source(folder));

    /// <summary>The files of a folder that are read, in order of their names.</summary>
    public static IEnumerable<string> In(string folder) => Directory.EnumerateFiles(folder).Where(file => IsOurs(Path.GetFileName(file))).Order(StringComparer.Ordinal);

    /// <summary>The file that a setting came from.</summary>
    public string FileOf(string key) => _files[key];

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A file cannot be read, or two are of one setting; they are named.</exception>
    public override void Load()
    {
        foreach (var file in Files())
        {
            var key = Path.GetFileName(file).Replace("__", ":", StringComparison.Ordinal);
            if (!_files.TryAdd(key, file))
                throw new InvalidDataException($"The secret files {_files[key]} and {file} are of one setting; remove one of them.");
            Data[key] = Read(file);
        }
    }

    private List<string> Files()
    {
        try
        {
            return [.. In(_folder)];
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The folder of secret files {_folder} cannot be read; the service's user must be allowed to.", closed);
        }
    }

    // An editor ends a file with a line's end, and some secrets are copied with a blank.
    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The secret file {file} cannot be read; it must be there, and the service's user be allowed to.", closed);
        }
    }

    private static bool IsOurs(string name) =>
        OtherNames.Contains(name, StringComparer.OrdinalIgnoreCase)
        || VoiceAgentSetup.Sections.Any(section => name.StartsWith(section.Key + "__", StringComparison.OrdinalIgnoreCase));

    private sealed class Source(string folder) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => new SecretFiles(folder);
    }
}
