namespace VoiceAgent.Audio;

/// <summary>Sample store of <see cref="PlayoutBuffer"/>: positions count samples since the call began, segments come on demand.</summary>
/// <remarks>
/// One writer (<see cref="Append"/>) and one reader (<see cref="CopyOut"/>, <see cref="Release"/>); the buffer publishes the positions
/// between them. A played segment goes back to the writer through a few spare places, or to the garbage collector: an idle call holds
/// 64 KB at most, and an old call's audio never lies in memory that another call uses.
/// </remarks>
internal sealed class SegmentRing(int limitSamples)
{
    private const int SegmentSamples = 4_096;
    private const int SpareSegments = 8;

    // One more for the segment being filled and one for the segment being played.
    private readonly short[]?[] _segments = new short[]?[limitSamples / SegmentSamples + 2];
    private readonly short[]?[] _spares = new short[]?[SpareSegments];
    private long _released;

    /// <summary>Stores samples at a position; the writer makes sure that they fit.</summary>
    public void Append(long position, ReadOnlySpan<short> pcm)
    {
        while (!pcm.IsEmpty)
        {
            var offset = (int)(position % SegmentSamples);
            ref var segment = ref _segments[position / SegmentSamples % _segments.Length];
            segment ??= TakeSpare();
            var count = Math.Min(pcm.Length, SegmentSamples - offset);
            pcm[..count].CopyTo(segment.AsSpan(offset));
            pcm = pcm[count..];
            position += count;
        }
    }

    /// <summary>Copies samples that the writer has published.</summary>
    public void CopyOut(long position, Span<short> destination)
    {
        while (!destination.IsEmpty)
        {
            var offset = (int)(position % SegmentSamples);
            var count = Math.Min(destination.Length, SegmentSamples - offset);
            _segments[position / SegmentSamples % _segments.Length].AsSpan(offset, count).CopyTo(destination);
            destination = destination[count..];
            position += count;
        }
    }

    /// <summary>Gives up all segments before a position; the reader calls it before it publishes that position.</summary>
    public void Release(long position)
    {
        for (; _released < position / SegmentSamples; _released++)
        {
            ref var segment = ref _segments[_released % _segments.Length];
            PutSpare(segment);
            segment = null;
        }
    }

    private void PutSpare(short[]? segment)
    {
        for (var i = 0; i < SpareSegments; i++)
        {
            if (Volatile.Read(ref _spares[i]) is not null)
                continue;
            Volatile.Write(ref _spares[i], segment);
            return;
        }
    }

    private short[] TakeSpare()
    {
        for (var i = 0; i < SpareSegments; i++)
        {
            if (Interlocked.Exchange(ref _spares[i], null) is { } spare)
                return spare;
        }
        return new short[SegmentSamples];
    }
}
