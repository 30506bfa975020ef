
namespace GeminiLive;

/// <summary>Caller audio on its way to the model: the receive path writes, the Live send loop takes chunks of 20 to 100 ms.</summary>
/// <remarks>
/// One writer (media thread) and one reader (send loop), without locks. Holds one second: while nobody reads, the oldest audio gives way,
/// is counted, and what is left is the second that a resumed session gets first. Allocates only when built.
/// </remarks>
public sealed class Uplink
{
    /// <summary>What the model expects.</summary>
    public const int RateHz = 16_000;

    private const int KeptSamples = RateHz;
    private const int RingSamples = 20_480;

    // The ring is larger than what is kept: the reader may copy while the writer is this far from overwriting it.
    private const int MaxWriteSamples = (RingSamples - KeptSamples) / 2;

    // Who hears better than by level says of every 10 ms whether the caller speaks.
    private const int MarkedSamples = RateHz / 100;

    private readonly short[] _ring = new short[RingSamples];
    private readonly SpeechMark[] _marks = new SpeechMark[RingSamples / MarkedSamples];
    private readonly AsyncSignal _signal = new();
    private readonly int _pairsFrom;
    private bool _mayPair = true;
    private long _written;
    private long _read;
    private long _takenTo;
    private long _mutedUntil;
    private long _dropped;

    /// <summary>An empty uplink.</summary>
    /// <param name="chunkMs">Length of the chunks the reader takes, 20 to 100 ms.</param>
    public Uplink(int chunkMs)
        : this(chunkMs, pairsFrom: 0, new LiveCrowd())
    {
    }

    /// <summary>An empty uplink.</summary>
    /// <param name="chunkMs">Length of the chunks the reader takes, 20 to 100 ms.</param>
    /// <param name="pairsFrom">From so many sessions on, chunks in which nothing changes wait for the next one; 0 for never.</param>
    /// <param name="crowd">Counts them.</param>
    internal Uplink(int chunkMs, int pairsFrom, LiveCrowd crowd)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkMs, 20);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chunkMs, 100);
        ChunkSamples = chunkMs * RateHz / 1000;
        Crowd = crowd;
        // Two longer ones would be more than what the service advises for a message.
        _pairsFrom = chunkMs == 20 ? pairsFrom : 0;
    }

    /// <summary>Samples in one chunk.</summary>
    public int ChunkSamples { get; }

    /// <summary>Where the sessions that send are counted.</summary>
    internal LiveCrowd Crowd { get; }

    /// <summary>Whether the session at hand may take two chunks at once: not where turns are marked chunk by chunk. Set by the reader.</summary>
    internal bool MayPair { get => Volatile.Read(ref _mayPair); set => Volatile.Write(ref _mayPair, value); }

    /// <summary>Whether two chunks go up in one message where nothing changes in them; any thread.</summary>
    internal bool Pairs => MayPair && _pairsFrom > 0 && Crowd.Sessions >= _pairsFrom;

    /// <summary>Samples that came from the caller.</summary>
    public long WrittenSamples => Volatile.Read(ref _written);

    /// <summary>Samples that gave way to newer ones before anybody took them.</summary>
    public long DroppedSamples => Volatile.Read(ref _dropped);

    /// <summary>True while what the caller says is replaced by silence (<see cref="Mute"/>); the writer's thread.</summary>
    public bool IsMuted => Volatile.Read(ref _mutedUntil) > _written;

    /// <summary>Whether the caller speaks in at least half of the chunk taken last; null where the writer has not said. The reader's thread.</summary>
    public bool? IsSpeech { get; private set; }

    /// <summary>Appends what the caller says next. Allocates nothing. One writer.</summary>
    /// <param name="pcm">Mono PCM16 at 16 kHz, any length.</param>
    /// <param name="isSpeech">Whether the caller speaks in it, where turns are marked by us (manual activity detection) and the writer knows; null to go by its level.</param>
    /// <param name="isSteady">Whether the caller has been speaking, or silent, for long and still is: nobody decides anything by it, so it may wait for the next chunk where sessions are many.</param>
    public void Write(ReadOnlySpan<short> pcm, bool? isSpeech = null, bool isSteady = false)
    {
        while (pcm.Length > MaxWriteSamples)
        {
            Append(pcm[..MaxWriteSamples], isSpeech);
            pcm = pcm[MaxWriteSamples..];
        }
        Append(pcm, isSpeech);
        if (_written - Volatile.Read(ref _read) >= (isSteady && Pairs ? 2 * ChunkSamples : ChunkSamples))
            _signal.Signal();
    }

    /// <summary>Takes the next chunk, oldest first.</summary>
    /// <param name="chunk">Exactly <see cref="ChunkSamples"/> long.</param>
    /// <returns>False when less than a chunk is there.</returns>
    public bool TryRead(Span<short> chunk)
    {
        while (true)
        {
            var written = Volatile.Read(ref _written);
            var start = Math.Max(_read, written - KeptSamples);
            if (written - start < chunk.Length)
                return false;

            CopyOut(start, chunk);
            var isSpeech = ReadMarks(start, chunk.Length);
            if (Volatile.Read(ref _written) - start > RingSamples - MaxWriteSamples)
                continue;   // overtaken while copying: the reader slept for a tenth of a second right here

            Volatile.Write(ref _dropped, _dropped + Math.Max(0, start - Math.Max(_read, _takenTo)));
            Volatile.Write(ref _read, start + chunk.Length);
            _takenTo = Math.Max(_takenTo, _read);
            IsSpeech = isSpeech;
            return true;
        }
    }

    /// <summary>Waits until a chunk is there or <see cref="Wake"/> was called; may return early. One waiter.</summary>
    public ValueTask WaitAsync() => _signal.WaitAsync();

    /// <summary>Ends the wait, since the waiting loop has something else to do; any thread.</summary>
    public void Wake() => _signal.Signal();

    /// <summary>Throws away what waits, so that a new session does not hear old audio; the reader's thread.</summary>
    public void Clear()
    {
        var written = Volatile.Read(ref _written);
        Volatile.Write(ref _dropped, _dropped + written - Math.Max(_read, _takenTo));
        Volatile.Write(ref _read, written);
        _takenTo = written;
    }

    /// <summary>Gives the last second out again, taken already or not: what a lost session heard last, the next one has not. The reader's thread.</summary>
    public void Rewind() => Volatile.Write(ref _read, Math.Min(_read, Math.Max(0, Volatile.Read(ref _written) - KeptSamples)));

    /// <summary>Replaces the caller's next samples by silence, keeping the time line; any thread.</summary>
    /// <param name="duration">From now on; zero ends a running mute.</param>
    public void Mute(TimeSpan duration) =>
        Volatile.Write(ref _mutedUntil, Volatile.Read(ref _written) + (long)(duration.TotalSeconds * RateHz));

    private void Append(ReadOnlySpan<short> pcm, bool? isSpeech)
    {
        var position = (int)(_written % RingSamples);
        var first = Math.Min(pcm.Length, RingSamples - position);
        pcm[..first].CopyTo(_ring.AsSpan(position));
        pcm[first..].CopyTo(_ring);
        var muted = (int)Math.Clamp(Volatile.Read(ref _mutedUntil) - _written, 0, pcm.Length);
        _ring.AsSpan(position, Math.Min(muted, first)).Clear();
        _ring.AsSpan(0, Math.Max(0, muted - first)).Clear();
        Mark(pcm.Length, isSpeech is null ? SpeechMark.Unknown : isSpeech.Value && muted == 0 ? SpeechMark.Speech : SpeechMark.Quiet);
        Volatile.Write(ref _written, _written + pcm.Length);
    }

    private void Mark(int samples, SpeechMark mark)
    {
        for (var block = _written / MarkedSamples; block * MarkedSamples < _written + samples; block++)
            _marks[block % _marks.Length] = mark;
    }

    private bool? ReadMarks(long start, int samples)
    {
        var (known, speech) = (0, 0);
        for (var block = start / MarkedSamples; block * MarkedSamples < start + samples; block++)
        {
            var mark = _marks[block % _marks.Length];
            known += mark == SpeechMark.Unknown ? 0 : 1;
            speech += mark == SpeechMark.Speech ? 1 : 0;
        }
        return known == 0 ? null : 2 * speech >= known;
    }

    private void CopyOut(long start, Span<short> chunk)
    {
        var position = (int)(start % RingSamples);
        var first = Math.Min(chunk.Length, RingSamples - position);
        _ring.AsSpan(position, first).CopyTo(chunk);
        _ring.AsSpan(0, chunk.Length - first).CopyTo(chunk[first..]);
    }

    private enum SpeechMark : byte
    {
        Unknown,
        Quiet,
        Speech,
    }
}
