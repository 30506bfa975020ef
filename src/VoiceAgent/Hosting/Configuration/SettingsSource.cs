using GeminiLive;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>Where the settings come from, each above the one before: the configuration file, those that it includes, the environment, secret files, and what the program sets itself.</summary>
/// <remarks>Any thread; reads anew each time.</remarks>
/// <param name="file">Full path of the configuration file.</param>
/// <param name="overrides">What the program sets itself.</param>
internal sealed class SettingsSource(string file, IReadOnlyDictionary<string, string?> overrides)
{
    private static readonly string[] Known = [.. VoiceAgentSetup.Sections.Select(section => section.Key), "Logging", ConfigurationFile.Include, ConfigurationFile.Secrets, ConfigurationFile.Schema];

    private const string LiveKey = $"{LiveOptions.Section}:{nameof(LiveOptions.ApiKey)}";

    private volatile IReadOnlyList<string> _files = [file];
    private volatile string? _secrets;

    /// <summary>The configuration file.</summary>
    public string File => file;

    /// <summary>Folder that relative file names in the configuration start from.</summary>
    public string Folder => Path.GetDirectoryName(file)!;

    /// <summary>The file and those that it includes, in order, as they were read last.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>The stamps that those, and the secret files, had before they were read last.</summary>
    public IReadOnlyList<FileStamp> ReadFrom { get; private set; } = [];

    /// <summary>The settings as they are now, not checked.</summary>
    /// <exception cref="FileNotFoundException">A file is not there.</exception>
    /// <exception cref="InvalidDataException">A file cannot be understood.</exception>
    public IConfigurationRoot Read() => AddTo(new ConfigurationBuilder()).Build();

    /// <inheritdoc cref="Read"/>
    /// <param name="builder">Gets them.</param>
    public TBuilder AddTo<TBuilder>(TBuilder builder)
        where TBuilder : IConfigurationBuilder
    {
        var first = FileStamp.Of(file);
        var own = new ConfigurationBuilder().AddJsonFile(file, optional: false).AddEnvironmentVariables().Build();
        _secrets = ConfigurationFile.SecretsFolder(file, own);
        _files = [file, .. ConfigurationFile.Included(file, own)];
        ReadFrom = [first, .. Stamps().Skip(1)];
        foreach (var one in _files)
            builder.AddJsonFile(one, optional: false);
        builder.AddEnvironmentVariables();
        if (_secrets is { } folder)
            SecretFiles.AddTo(builder, folder);
        builder.AddInMemoryCollection(overrides);
        return builder;
    }

    /// <summary>The stamps of the files that were read last, and of the secret files that there are now; empty while they cannot be had.</summary>
    public IReadOnlyList<FileStamp> Stamps()
    {
        try
        {
            return [.. _files.Select(FileStamp.Of), .. _secrets is { } folder && Directory.Exists(folder) ? SecretFiles.In(folder).Select(FileStamp.Of) : []];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Keys of credentials that have come where the program was started without any and set its own, for the built-in simulated server; they are for the next start.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file cannot be understood.</exception>
    public IReadOnlyList<string> StoodInFor()
    {
        if (!overrides.ContainsKey(LiveKey))
            return [];
        var beneath = new SettingsSource(file, new Dictionary<string, string?>(StringComparer.Ordinal)).Read();
        return LiveSetup.HasCredentials(beneath) ? [.. SecretFiles.OtherNames.Concat(overrides.Keys.Where(IsOfLive)).Where(key => beneath[key] is { Length: > 0 })] : [];
    }

    private static bool IsOfLive(string key) => SettingsInUse.IsWithin(key, LiveOptions.Section);

    /// <summary>Sections that nobody reads, a sentence each: typing errors, in included files too.</summary>
    public IEnumerable<string> UnknownSections() => _files.SelectMany((one, i) =>
    {
        var settings = new ConfigurationBuilder().AddJsonFile(one, optional: false).Build();
        return SettingsCheck.UnknownSections(settings, Known).Concat(i == 0 ? [] : Misplaced(settings, one));
    });

    private static IEnumerable<string> Misplaced(IConfiguration settings, string included) =>
        from child in settings.GetChildren()
        where child.Key.Equals(ConfigurationFile.Include, StringComparison.OrdinalIgnoreCase) || child.Key.Equals(ConfigurationFile.Secrets, StringComparison.OrdinalIgnoreCase)
        select $"{child.Key} in the included file {included} is not read; it belongs in the file that includes it.";
}
