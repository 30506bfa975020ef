namespace VoiceAgent.Recordings;

/// <summary>Counts what waits for the disk, of all recordings together.</summary>
/// <remarks>Any thread.</remarks>
/// <param name="maxBytes">Above it nothing more is taken.</param>
internal sealed class RecordingBacklog(long maxBytes)
{
    private long _bytes;

    /// <summary>Whether more may wait.</summary>
    public bool HasRoom => Bytes < maxBytes;

    /// <summary>What waits, in bytes.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>More waits or, below 0, less.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
