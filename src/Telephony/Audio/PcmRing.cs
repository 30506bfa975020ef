namespace Telephony.Audio;

/// <summary>Mono audio on its way from one thread to another: one writes, one reads, and neither waits for the other.</summary>
/// <remarks>Bounded: what finds no room is not taken. Allocates only when built.</remarks>
/// <param name="capacitySamples">Samples that it holds at most.</param>
internal sealed class PcmRing(int capacitySamples)
{
    private readonly short[] _samples = new short[capacitySamples];
    private long _written;
    private long _read;

    /// <summary>Samples that came so far; any thread.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Samples that wait; any thread.</summary>
    public int Waiting => (int)(Volatile.Read(ref _written) - Volatile.Read(ref _read));

    /// <summary>Appends all of it, or nothing where there is too little room; the writer's thread.</summary>
    public bool TryWrite(ReadOnlySpan<short> pcm)
    {
        if (pcm.Length > _samples.Length - (_written - Volatile.Read(ref _read)))
            return false;
        var start = (int)(_written % _samples.Length);
        var first = Math.Min(pcm.Length, _samples.Length - start);
        pcm[..first].CopyTo(_samples.AsSpan(start));
        pcm[first..].CopyTo(_samples);
        Volatile.Write(ref _written, _written + pcm.Length);
        return true;
    }

    /// <summary>Takes what has waited longest; the reader's thread.</summary>
    /// <param name="pcm">As much as is wanted at most.</param>
    /// <returns>Samples given.</returns>
    public int Read(Span<short> pcm)
    {
        var count = Math.Min(pcm.Length, Waiting);
        var start = (int)(_read % _samples.Length);
        var first = Math.Min(count, _samples.Length - start);
        _samples.AsSpan(start, first).CopyTo(pcm);
        _samples.AsSpan(0, count - first).CopyTo(pcm[first..]);
        Volatile.Write(ref _read, _read + count);
        return count;
    }

    /// <summary>Throws away what came before a position, of those that <see cref="Written"/> has had; the reader's thread.</summary>
    public void SkipTo(long position) => Volatile.Write(ref _read, Math.Max(_read, position));
}
