namespace VoiceAgent.Hosting.Configuration;

/// <summary>Finds <c>appsettings.json</c>: the named file, else <c>config/</c> below the current folder, else the one beside the program.</summary>
internal static class ConfigurationFile
{
    /// <summary>Key of the list of further files, whose settings stand above those of the file that names them.</summary>
    public const string Include = "Include";

    /// <summary>Key of the folder with secret files.</summary>
    public const string Secrets = "Secrets";

    /// <summary>Where container engines put secret files.</summary>
    public const string DefaultSecrets = "/run/secrets";

    /// <summary>Key of the schema that editors complete a file by.</summary>
    public const string Schema = "$schema";

    /// <summary>Full paths of the files that a file, or the environment, includes, in order; an included file includes no others.</summary>
    /// <exception cref="FileNotFoundException">One does not exist.</exception>
    public static IReadOnlyList<string> Included(string file, IConfiguration settings)
    {
        var folder = Path.GetDirectoryName(file)!;
        return [.. settings.GetSection(Include).GetChildren().Select(child => Existing(child.Path, child.Value ?? "", folder))];
    }

    /// <summary>Full path of the folder with secret files that a file, or the environment, names; null for none.</summary>
    /// <exception cref="FileNotFoundException">Another folder than the usual one is named, and is not there.</exception>
    public static string? SecretsFolder(string file, IConfiguration settings)
    {
        var named = settings[Secrets] ?? DefaultSecrets;
        if (named.Length == 0)
            return null;
        var path = Path.GetFullPath(named, Path.GetDirectoryName(file)!);
        if (Directory.Exists(path))
            return path;
        return named == DefaultSecrets ? null : throw new FileNotFoundException($"{Secrets} = '{named}' is no folder: there is no {path}. Name another one, or leave it empty.");
    }

    private static string Existing(string key, string name, string folder)
    {
        var path = Path.GetFullPath(name, folder);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{key} = '{name}' is not a file: there is no {path}.");
    }

    /// <summary>Full path of the file to read.</summary>
    /// <exception cref="FileNotFoundException">The named file does not exist, or there is none in the usual places.</exception>
    public static string Find(string? named)
    {
        if (named is not null)
            return File.Exists(named) ? Path.GetFullPath(named) : throw new FileNotFoundException($"There is no configuration file {Path.GetFullPath(named)}.");
        string[] places = [Path.GetFullPath("config"), Path.Combine(AppContext.BaseDirectory, "config")];
        return places.Select(place => Path.Combine(place, "appsettings.json")).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"There is no appsettings.json in {string.Join(" or ", places)}; name one with --config.");
    }
}
