using System.Threading.Channels;

namespace GeminiLive;

/// <summary>Everything a session says as one stream of events: <c>await foreach</c> over it while the session runs; it ends with the session.</summary>
/// <remarks>
/// One reader. Bounded: while <paramref name="capacity"/> events wait, further audio is dropped and counted, and at twice that, which means that
/// nobody reads, the stream ends. Audio that still waits when the caller cuts in is void and passed over.
/// </remarks>
/// <param name="capacity">Events that may wait; an event of audio is up to a quarter of a second.</param>
public sealed class LiveEventStream(int capacity = 1_000) : ILiveListener, IAsyncEnumerable<LiveEvent>
{
    private readonly Channel<(LiveEvent Event, int Epoch)> _events = Channel.CreateUnbounded<(LiveEvent, int)>(new UnboundedChannelOptions { SingleReader = true });
    private int _waiting;
    private int _epoch;
    private int _droppedAudio;

    /// <summary>Events of audio dropped since nobody read them in time.</summary>
    public int DroppedAudio => Volatile.Read(ref _droppedAudio);

    /// <inheritdoc/>
    public void OnAudio(ReadOnlySpan<short> pcm, int sampleRateHz, int turn)
    {
        if (Volatile.Read(ref _waiting) < capacity)
            Tell(new ModelAudio(pcm.ToArray(), sampleRateHz, turn));
        else
            Interlocked.Increment(ref _droppedAudio);
    }

    /// <inheritdoc/>
    public void OnInterrupted()
    {
        Interlocked.Increment(ref _epoch);
        Tell(new Interrupted());
    }

    /// <inheritdoc/>
    public void OnEvent(LiveEvent liveEvent)
    {
        Tell(liveEvent);
        if (liveEvent is LiveFailed)
            Complete();
    }

    /// <summary>Ends the stream once what waits has been read.</summary>
    public void Complete() => _events.Writer.TryComplete();

    /// <summary>Reads the events in order; one enumeration.</summary>
    /// <param name="cancellationToken">Ends the reading, not the session.</param>
    public async IAsyncEnumerator<LiveEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var (liveEvent, epoch) in _events.Reader.ReadAllAsync(cancellationToken))
        {
            Interlocked.Decrement(ref _waiting);
            if (liveEvent is not ModelAudio || epoch == Volatile.Read(ref _epoch))
                yield return liveEvent;
        }
    }

    private void Tell(LiveEvent liveEvent)
    {
        if (Interlocked.Increment(ref _waiting) > 2 * capacity)
            Complete();
        _events.Writer.TryWrite((liveEvent, Volatile.Read(ref _epoch)));
    }
}
