using System.Text;

namespace ToolCrash;

/// <summary>Where effects happen: files of lines, apart from the ledger; a line is there once it was written, whatever becomes of the process.</summary>
internal sealed class World(string folder) : IDisposable
{
    private readonly FileStream _lines = new(Path.Combine(folder, "world"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
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

    public void Dispose() => _lines.Dispose();
}
