namespace Telephony.Codecs.Opus;

/// <summary>Memory of one coder of libopus, which never moves and is freed by the collector: what <see cref="LibOpus"/> works on.</summary>
/// <remarks>One owner. Holds no pointer to anything that had to be given back (opus_decoder_init, opus_encoder_init: "memory of the application's own").</remarks>
internal sealed class OpusState(int bytes)
{
    // As malloc aligns; the library asks for less.
    private const int Alignment = 16;

    private readonly byte[] _memory = GC.AllocateArray<byte>(bytes + Alignment, pinned: true);

    /// <summary>The state, aligned.</summary>
    public unsafe Span<byte> Bytes
    {
        get
        {
            fixed (byte* start = _memory)
                return _memory.AsSpan((int)(-(nint)start & (Alignment - 1)), bytes);
        }
    }
}
