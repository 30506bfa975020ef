using System.Globalization;
using System.Text;

namespace RecordCrash;

/// <summary>What was told to the writer, and when: a file of lines, each there once it was written, whatever becomes of the process.</summary>
internal sealed class World(string path) : IDisposable
{
    private readonly FileStream _lines = new(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private readonly Lock _gate = new();

    /// <summary>One line: the time in ticks (UTC), and what happens next.</summary>
    public void Add(string what)
    {
        var line = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow.Ticks} {what}\n"));
        lock (_gate)
        {
            _lines.Write(line);
        }
    }

    /// <summary>A line every 50 ms, each on the disk before the next: how late they come is how late anything comes on this machine.</summary>
    public async Task BeatAsync()
    {
        await using var beats = new FileStream(path + ".beats", FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        while (true)
        {
            await Task.Delay(50);
            beats.WriteByte((byte)'.');
            beats.Flush(flushToDisk: true);
            Add("beat -");
        }
    }

    public void Dispose() => _lines.Dispose();
}
