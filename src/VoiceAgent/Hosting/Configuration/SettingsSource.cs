namespace VoiceAgent.Hosting.Configuration;

/// <summary>Where the settings come from, each above the one before: the configuration file, those that it includes, the environment, secret files, and what the program sets itself.</summary>
/// <remarks>Any thread; reads anew each time.</remarks>
/// <param name="file">Full path of the configuration file.</param>
/// <param name="overrides">What the program sets itself.</param>
internal sealed class SettingsSource(string file, IReadOnlyDictionary<string, string?> overrides)
{
    private volatile IReadOnlyList<string> _files = [file];
    private volatile string? _secrets;

    /// <summary>The configuration file.</summary>
    public string File => file;

    /// <summary>Folder that relative file names in the configuration start from.</summary>
    public string Folder => Path.GetDirectoryName(file)!;

    /// <summary>The file and those that it includes, in order, as they were read last.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>Those, and the secret files that there are now: what a change is seen by.</summary>
    public IEnumerable<string> Watched => _secrets is { } folder && Directory.Exists(folder) ? [.. _files, .. SecretFiles.In(folder)] : _files;

    /// <summary>The settings as they are now, not checked.</summary>
    /// <exception cref="FileNotFoundException">A file is not there.</exception>
    /// <exception cref="InvalidDataException">A file cannot be understood.</exception>
    public IConfigurationRoot Read() => AddTo(new ConfigurationBuilder()).Build();

    /// <inheritdoc cref="Read"/>
    /// <param name="builder">Gets them.</param>
    public TBuilder AddTo<TBuilder>(TBuilder builder)
        where TBuilder : IConfigurationBuilder
    {
        var own = new ConfigurationBuilder().AddJsonFile(file, optional: false).AddEnvironmentVariables().Build();
        _secrets = ConfigurationFile.SecretsFolder(file, own);
        _files = [file, .. ConfigurationFile.Included(file, own)];
        foreach (var one in _files)
            builder.AddJsonFile(one, optional: false);
        builder.AddEnvironmentVariables();
        if (_secrets is { } folder)
            SecretFiles.AddTo(builder, folder);
        builder.AddInMemoryCollection(overrides);
        return builder;
    }

    /// <summary>Sections that nobody reads, a sentence each: typing errors, in included files too.</summary>
    public IEnumerable<string> UnknownSections() => _files.SelectMany(one => SettingsCheck.UnknownSections(
        new ConfigurationBuilder().AddJsonFile(one, optional: false).Build(),
        [.. VoiceAgentSetup.Sections.Select(section => section.Key), "Logging", ConfigurationFile.Include, ConfigurationFile.Secrets, ConfigurationFile.Schema]));
}
