namespace EndToEnd.Tests.Peers;

/// <summary>A folder of one peer process, gone with it.</summary>
internal sealed class PeerFolder : IDisposable
{
    public PeerFolder(string peer) => Path = Directory.CreateTempSubdirectory($"peer-{peer}-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The end of a file the peer may have written.</summary>
    public string Tail(string name, int characters = 4000)
    {
        var path = File(name);
        if (!System.IO.File.Exists(path))
            return "";
        var text = System.IO.File.ReadAllText(path);
        return text[Math.Max(0, text.Length - characters)..];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
