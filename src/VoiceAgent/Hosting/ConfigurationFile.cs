namespace VoiceAgent.Hosting;

/// <summary>Finds <c>appsettings.json</c>: the named file, else <c>config/</c> below the current folder, else the one beside the program.</summary>
internal static class ConfigurationFile
{
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
