using System.Globalization;

namespace VoiceAgent.Recordings;

/// <summary>The files of recordings: a folder for each day, a file for each call, named by the call's key in the database.</summary>
/// <remarks>Any thread.</remarks>
/// <param name="root">Folder of all recordings.</param>
internal sealed class RecordingFolder(string root)
{
    private const string Extension = ".rec";
    private const string DayFormat = "yyyy-MM-dd";
    private const string MomentFormat = "yyyy-MM-dd'T'HH-mm-ss";

    /// <summary>Folder of all recordings.</summary>
    public string Root => root;

    /// <summary>Name of a call's recording in the folder.</summary>
    /// <param name="callKey">The call's key: its start, and its id.</param>
    public static string NameOf(string callKey)
    {
        var name = string.Concat(callKey.Select(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-' ? character : '-'));
        return Path.Combine(name[..Math.Min(DayFormat.Length, name.Length)], name + Extension);
    }

    /// <summary>Where a call's recording is, or would be.</summary>
    public string PathOf(string callKey) => Path.Combine(root, NameOf(callKey));

    /// <summary>All recordings, the oldest first.</summary>
    /// <exception cref="IOException">The disk does not tell.</exception>
    public IEnumerable<string> All() => Directory.Exists(root)
        ? Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal).SelectMany(day => Directory.EnumerateFiles(day, $"*{Extension}").Order(StringComparer.Ordinal))
        : [];

    /// <summary>Deletes some recordings of calls that began before a moment.</summary>
    /// <returns>How many; <paramref name="most"/> when there may be more.</returns>
    /// <exception cref="IOException">The disk does not do it.</exception>
    public int Forget(DateTimeOffset before, int most)
    {
        var old = All().TakeWhile(path => StartOf(path) is not { } start || start < before).Where(path => StartOf(path) is not null).Take(most).ToList();
        foreach (var path in old)
        {
            Destroy(path);
            var day = Path.GetDirectoryName(path)!;
            if (!Directory.EnumerateFileSystemEntries(day).Any())
                Directory.Delete(day);
        }
        return old.Count;
    }

    /// <summary>Puts the keys of all recordings under the present master key.</summary>
    /// <returns>How many were changed, lay under it before, and could not be opened.</returns>
    /// <exception cref="IOException">The disk does not do it.</exception>
    public (int Changed, int Present, IReadOnlyList<string> Unknown) Rekey(RecordingKeys keys)
    {
        var (changed, present, unknown) = (0, 0, new List<string>());
        foreach (var path in All())
        {
            using var file = File.OpenHandle(path, access: FileAccess.ReadWrite, share: FileShare.ReadWrite | FileShare.Delete);
            var header = new byte[RecordingHeader.Bytes];
            if (RandomAccess.Read(file, header, 0) != header.Length || !RecordingHeader.TryRewrap(header, keys, out var isChanged))
            {
                unknown.Add(path);
                continue;
            }
            if (isChanged)
            {
                RandomAccess.Write(file, header, 0);
                RandomAccess.FlushToDisk(file);
            }
            (changed, present) = isChanged ? (changed + 1, present) : (changed, present + 1);
        }
        return (changed, present, unknown);
    }

    // The key first: without it nobody reads what a disk may keep of a deleted file.
    private static void Destroy(string path)
    {
        using (var file = File.OpenHandle(path, access: FileAccess.Write, share: FileShare.ReadWrite | FileShare.Delete))
        {
            RandomAccess.Write(file, new byte[RecordingHeader.Bytes], 0);
            RandomAccess.FlushToDisk(file);
        }
        File.Delete(path);
    }

    private static DateTimeOffset? StartOf(string path)
    {
        var name = Path.GetFileName(path);
        return name.Length >= 19 && DateTimeOffset.TryParseExact(name[..19], MomentFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start) ? start : null;
    }
}
