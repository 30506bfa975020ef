using Microsoft.Win32.SafeHandles;

namespace VoiceAgent.Recordings;

/// <summary>The file of a recording under way.</summary>
/// <remarks>Owned by the recorder's disk loop.</remarks>
internal sealed class RecordingFile(string path) : IDisposable
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private SafeFileHandle? _file;
    private long _length;

    /// <summary>When the disk last took something, or was first asked.</summary>
    public DateTimeOffset TriedSince { get; set; }

    /// <summary>Adds a block; after a failure it may be tried again, and takes the place of what was written of it.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor is it allowed to.</exception>
    public void Append(byte[] block)
    {
        _file ??= Create();
        RandomAccess.Write(_file, block, _length);
        _length += block.Length;
    }

    public void Dispose() => _file?.Dispose();

    // What callers said is for the service's own user.
    private SafeFileHandle Create()
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        Directory.CreateDirectory(folder, Mine | UnixFileMode.UserExecute);
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        File.SetUnixFileMode(file, Mine);
        return file;
    }
}
