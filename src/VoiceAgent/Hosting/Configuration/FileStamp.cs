namespace VoiceAgent.Hosting.Configuration;

/// <summary>What a change of a file is seen by.</summary>
/// <param name="File">Full path of what a link leads to: a mounted configuration is changed by changing the link.</param>
/// <param name="WrittenAt">When it was written.</param>
/// <param name="Size">Its length in bytes; -1 where there is none.</param>
internal readonly record struct FileStamp(string File, DateTime WrittenAt, long Size)
{
    /// <summary>The stamp of a file as it is now.</summary>
    public static FileStamp Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return target.Exists ? new(target.FullName, target.LastWriteTimeUtc, target.Length) : new(path, default, -1);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return new(path, default, -1);
        }
    }
}
