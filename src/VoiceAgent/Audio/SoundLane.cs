namespace VoiceAgent.Audio;

/// <summary>One side of a call in a <see cref="SoundRing"/>: frames come about when they are heard, and stand where they belong.</summary>
/// <remarks>
/// Frames follow each other without a gap, however the network scatters them; what comes later than that can explain stands behind silence. The clocks of phones differ: what creeps
/// away from real time is drawn back, a sample a frame, which nobody hears. Written by the media thread; allocates only when built.
/// </remarks>
internal sealed class SoundLane
{
    /// <summary>Samples that are kept: four seconds.</summary>
    public const int Capacity = 1 << 16;

    private const int SamplesPerMs = SoundTap.RateHz / 1_000;

    // What all frames of so long a time agree on is no jitter.
    private const int LookSamples = SoundTap.RateHz;
    private const int Tolerance = 8 * SamplesPerMs;
    private const int LongestCreep = 40 * SamplesPerMs;   // more is made up for at once

    private readonly short[] _ring = new short[Capacity];
    private long _end;
    private long _floor = -Capacity;
    private long _least = long.MaxValue;
    private int _looked;
    private long _correction;   // samples to put in or, below 0, to take out
    private short _last;

    /// <summary>Position behind the last sample; any thread.</summary>
    public long End => Volatile.Read(ref _end);

    /// <summary>Position of the oldest sample that is still there; any thread.</summary>
    public long Floor => Volatile.Read(ref _floor);

    /// <summary>Takes the next frame.</summary>
    /// <param name="pcm">Mono at <see cref="SoundTap.RateHz"/>.</param>
    /// <param name="position">Where the clock says that it begins.</param>
    /// <param name="longestLag">By how many samples it may be behind its time before there is a hole.</param>
    public void Write(ReadOnlySpan<short> pcm, long position, int longestLag)
    {
        if (_end == 0 && position < 0)
        {
            // What was said before anybody listened does not move what comes after it.
            pcm = pcm[(int)Math.Min(pcm.Length, -position)..];
            position = 0;
        }
        if (pcm.IsEmpty)
            return;
        var behind = position - _end;
        if (behind > (_end == 0 ? 0 : longestLag))
            Skip(behind);
        else
            Follow(behind, pcm.Length);
        if (_correction > LongestCreep)
            Skip(_correction);
        else if (_correction < -LongestCreep)
            pcm = pcm[Omit(pcm.Length)..];
        Append(pcm);
    }

    /// <summary>Copies samples to every other place of a buffer; silence where there are none yet. Any thread; <see cref="Floor"/> tells afterwards whether they were still there.</summary>
    public void CopyTo(long position, int count, Span<short> interleaved)
    {
        var there = Math.Clamp(End - position, 0, count);
        for (var i = 0; i < count; i++)
            interleaved[2 * i] = i < there ? _ring[(position + i) & (Capacity - 1)] : (short)0;
    }

    /// <summary>Silence up to where the clock is.</summary>
    private void Skip(long samples)
    {
        BeginWriting(samples);
        var count = (int)Math.Min(samples, Capacity);
        var start = (int)((_end + samples - count) & (Capacity - 1));
        var first = Math.Min(count, Capacity - start);
        _ring.AsSpan(start, first).Clear();
        _ring.AsSpan(0, count - first).Clear();
        EndWriting(samples);
        StartLooking();
    }

    // What came early stays in front of its time until so much is left out.
    private int Omit(int available)
    {
        var count = (int)Math.Min(available, -_correction);
        _correction += count;
        if (_correction == 0)
            StartLooking();
        return count;
    }

    private void Follow(long behind, int length)
    {
        if (_correction != 0)
            return;
        _least = Math.Min(_least, behind);
        _looked += length;
        if (_looked < LookSamples)
            return;
        var least = _least;
        StartLooking();
        _correction = Math.Abs(least) > Tolerance ? least : 0;
    }

    private void StartLooking() => (_least, _looked, _correction) = (long.MaxValue, 0, 0);

    private void Append(ReadOnlySpan<short> pcm)
    {
        if (pcm.IsEmpty)
            return;
        var step = Math.Abs(_correction) > LongestCreep || pcm.Length < 2 ? 0 : Math.Sign(_correction);
        _correction -= step;
        var count = pcm.Length + step;
        BeginWriting(count);
        if (step == 0)
            Copy(pcm);
        else
            CopyStretched(pcm, count);
        _last = pcm[^1];
        EndWriting(count);
    }

    private void Copy(ReadOnlySpan<short> pcm)
    {
        var start = (int)(_end & (Capacity - 1));
        var first = Math.Min(pcm.Length, Capacity - start);
        pcm[..first].CopyTo(_ring.AsSpan(start));
        pcm[first..].CopyTo(_ring);
    }

    // The frame's last sample stays its last, so that nothing jumps.
    private void CopyStretched(ReadOnlySpan<short> pcm, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var at = (double)(i + 1) * pcm.Length / count - 1;
            var before = (int)Math.Floor(at);
            double from = before < 0 ? _last : pcm[before];
            double to = pcm[Math.Min(before + 1, pcm.Length - 1)];
            _ring[(_end + i) & (Capacity - 1)] = (short)Math.Round(from + (to - from) * (at - before));
        }
    }

    // Readers must see that samples are given up before these are written over.
    private void BeginWriting(long count)
    {
        Volatile.Write(ref _floor, _end + count - Capacity);
        Interlocked.MemoryBarrier();
    }

    private void EndWriting(long count) => Volatile.Write(ref _end, _end + count);
}
