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

    /// <summary>Deletes some recordings of calls that began before a moment.</summary>
    /// <returns>How many, <paramref name="most"/> when there may be more; and for each that could not be deleted its path and why.</returns>
    /// <exception cref="IOException">The disk does not tell what there is.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor is it allowed to.</exception>
    public (int Count, IReadOnlyList<string> Failures) Forget(DateTimeOffset before, int most)
    {
        var (count, failures) = (0, new List<string>());
        foreach (var day in Days().TakeWhile(day => StartOfDay(day) < before))
        {
            var isSome = false;
            foreach (var path in In(day, failures).Where(path => StartOf(path) < before))
            {
                if (count == most)
                    return (count, failures);
                if (!Do(() => Destroy(path), path, failures))
                    continue;
                count++;
                isSome = true;
            }
            if (isSome)
                Do(() => DeleteEmpty(day), day, failures);
        }
        return (count, failures);
    }

    /// <summary>Puts the keys of all recordings under the present master key.</summary>
    /// <returns>How many were changed, and lay under it before; and of each that could not be put there a sentence.</returns>
    /// <exception cref="IOException">The disk does not tell what there is.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor is it allowed to.</exception>
    public (int Changed, int Present, IReadOnlyList<string> Failures) Rekey(RecordingKeys keys)
    {
        var (changed, present, failures) = (0, 0, new List<string>());
        foreach (var path in Days().SelectMany(day => In(day, failures)))
        {
            bool? isChanged = null;
            if (!Do(() => isChanged = Rekey(path, keys), path, failures))
                continue;
            if (isChanged is null)
                failures.Add($"{path} lies under a key that is neither Recordings:Key nor one of Recordings:OldKeys, or is damaged.");
            else
                (changed, present) = isChanged.Value ? (changed + 1, present) : (changed, present + 1);
        }
        return (changed, present, failures);
    }

    /// <returns>Whether it was changed; null where it cannot be.</returns>
    private static bool? Rekey(string path, RecordingKeys keys)
    {
        using var file = File.OpenHandle(path, access: FileAccess.ReadWrite, share: FileShare.ReadWrite | FileShare.Delete);
        var header = new byte[RecordingHeader.Bytes];
        if (RandomAccess.Read(file, header, 0) != header.Length || !RecordingHeader.TryRewrap(header, keys, out var isChanged))
            return null;
        if (isChanged)
        {
            RandomAccess.Write(file, header, 0);
            RandomAccess.FlushToDisk(file);
        }
        return isChanged;
    }

    // Others may have put something of theirs beside them: lost+found, a backup's folder.
    private IEnumerable<string> Days() => Directory.Exists(root)
        ? Directory.EnumerateDirectories(root).Where(day => StartOfDay(day) is not null).Order(StringComparer.Ordinal)
        : [];

    private static List<string> In(string day, List<string> failures)
    {
        List<string> paths = [];
        Do(() => paths.AddRange(Directory.EnumerateFiles(day, $"*{Extension}").Order(StringComparer.Ordinal)), day, failures);
        return paths;
    }

    /// <returns>False when it failed, which is added, or it is not there any more.</returns>
    private static bool Do(Action work, string path, List<string> failures)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            failures.Add($"{path}: {failure.Message}");
            return false;
        }
    }

    private static void DeleteEmpty(string day)
    {
        if (!Directory.EnumerateFileSystemEntries(day).Any())
            Directory.Delete(day);
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

    private static DateTimeOffset? StartOfDay(string day) =>
        DateTimeOffset.TryParseExact(Path.GetFileName(day), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start) ? start : null;
}
