namespace VoiceAgent.Audio;

/// <summary>Somebody who listens to a call: reads both sides from the <see cref="SoundRing"/>, at a place of their own.</summary>
/// <remarks>One thread at a time. Whoever reads less often than every three seconds loses the oldest and is told how much; nobody waits for them.</remarks>
internal sealed class SoundReader : IDisposable
{
    private readonly SoundRing _ring;
    private Action? _close;

    internal SoundReader(SoundRing ring, Action close)
    {
        (_ring, _close) = (ring, close);
        Position = Math.Max(0, ring.Now);
    }

    /// <summary>Place of the next sample, in samples of a side at <see cref="SoundTap.RateHz"/>.</summary>
    public long Position { get; private set; }

    /// <summary>The place of this moment, likewise.</summary>
    public long Now => _ring.Now;

    /// <summary>Samples of a side that were lost because nobody fetched them in time, or that were skipped.</summary>
    public long Lost { get; private set; }

    /// <summary>Gives what has been heard since the last time.</summary>
    /// <param name="stereo">Room for samples in pairs: the caller's on the left, the agent's on the right.</param>
    /// <param name="toTheEnd">Whether the call is over: then nothing is waited for.</param>
    /// <returns>Pairs; 0 when there is nothing yet. They end at <see cref="Position"/>: what was lost lies before them.</returns>
    public int Read(Span<short> stereo, bool toTheEnd = false)
    {
        var ready = toTheEnd ? Math.Max(_ring.Caller.End, _ring.Agent.End) : _ring.Ready;
        SkipLost();
        while (true)
        {
            var count = (int)Math.Clamp(ready - Position, 0, stereo.Length / 2);
            if (count == 0)
                return 0;
            _ring.Caller.CopyTo(Position, count, stereo);
            _ring.Agent.CopyTo(Position, count, stereo[1..]);
            Interlocked.MemoryBarrier();   // what was copied may have been written over meanwhile
            if (SkipLost())
                continue;
            Position += count;
            return count;
        }
    }

    /// <summary>Goes on at a later place; what lies before it counts as lost.</summary>
    /// <param name="position">The place; an earlier one changes nothing.</param>
    public void SkipTo(long position)
    {
        var skipped = Math.Max(0, position - Position);
        Lost += skipped;
        Position += skipped;
    }

    /// <summary>Listens no more.</summary>
    public void Dispose() => Interlocked.Exchange(ref _close, null)?.Invoke();

    private bool SkipLost()
    {
        var before = Position;
        SkipTo(Math.Max(_ring.Caller.Floor, _ring.Agent.Floor));
        return Position > before;
    }
}
