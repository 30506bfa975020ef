namespace VoiceAgent.Recordings;

/// <summary>The file of a recording under way.</summary>
/// <remarks>Owned by the recorder's disk loop.</remarks>
internal sealed class RecordingFile(string path) : IDisposable
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private FileStream? _file;
    private long _length;

    /// <summary>Since when the disk has not taken the end of a call that is over; null where it has taken all, or the call runs.</summary>
    public DateTimeOffset? WaitsSince { get; set; }

    /// <summary>Adds a block; after a failure it may be tried again, and takes the place of what was written of it.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor is it allowed to.</exception>
    public void Append(ReadOnlySpan<byte> block)
    {
        _file ??= Create();
        RandomAccess.Write(_file.SafeFileHandle, block, _length);
        _length += block.Length;
    }

    /// <summary>The recording is over: what was written survives a power failure from here on.</summary>
    /// <exception cref="IOException">The disk does not say so.</exception>
    public void Flush()
    {
        if (_file is not null)
            RandomAccess.FlushToDisk(_file.SafeFileHandle);
    }

    public void Dispose() => _file?.Dispose();

    // What callers said is for the service's own user.
    private FileStream Create()
    {
        var folder = Path.GetDirectoryName(path)!;
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, Mine | UnixFileMode.UserExecute);
            how.UnixCreateMode = Mine;
        }
        return new FileStream(path, how);
    }
}
