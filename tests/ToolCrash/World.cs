using System.Text;

namespace ToolCrash;

/// <summary>Where effects happen: files of lines, apart from the ledger; a line is there once it was written, whatever becomes of the process.</summary>
internal sealed class World(string folder) : IDisposable
{
    private readonly FileStream _lines = Open(Path.Combine(folder, "world"));
    private readonly Lock _gate = new();
    private bool _hasBegun;

    /// <summary>Something has happened: one line, in one write.</summary>
    public void Add(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (_gate)
        {
            _lines.Write(bytes);
            if (!_hasBegun)
                Console.WriteLine("working");
            _hasBegun = true;
        }
    }

    // A kill may cut a write where a page ends: that line is marked, so that it does not run into the first one of this process.
    private static FileStream Open(string path)
    {
        var isTorn = File.Exists(path) && File.ReadAllBytes(path) is [.., not (byte)'\n'];
        var lines = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        if (isTorn)
            lines.Write(" torn\n"u8);
        return lines;
    }

    public void Dispose() => _lines.Dispose();
}
