namespace Support;

/// <summary>Where the sources are, for tests that read them.</summary>
public static class Repository
{
    /// <summary>Folder that holds VoiceAgent.slnx.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "VoiceAgent.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("VoiceAgent.slnx was not found above the program's folder.");
    }
}
