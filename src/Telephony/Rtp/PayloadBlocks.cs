namespace Telephony.Rtp;

/// <summary>Where a <see cref="JitterBuffer"/> keeps the payloads that wait: in blocks, so that a call holds room for sound of some time and not for the largest packets there are.</summary>
/// <remarks>Owned by the buffer; allocates when built only.</remarks>
internal sealed class PayloadBlocks
{
    /// <summary>20 ms of G.711.</summary>
    public const int BlockBytes = 160;

    /// <summary>640 ms of 16-bit audio at 16 kHz, the dearest that is spoken; 2.5 s of G.711.</summary>
    public const int Count = 128;

    private const byte None = byte.MaxValue;

    private readonly byte[] _bytes = new byte[Count * BlockBytes];
    private readonly byte[] _following = new byte[Count];
    private readonly byte[] _whole = new byte[JitterBuffer.MaxPayloadBytes];
    private byte _firstFree;
    private int _free;

    public PayloadBlocks() => Clear();

    /// <summary>Frees all blocks.</summary>
    public void Clear()
    {
        for (var block = 0; block < Count; block++)
            _following[block] = block + 1 < Count ? (byte)(block + 1) : None;
        (_firstFree, _free) = (0, Count);
    }

    /// <summary>Copies a payload; false when there is no room for it.</summary>
    /// <param name="payload">At most <see cref="JitterBuffer.MaxPayloadBytes"/>.</param>
    /// <param name="first">What <see cref="Take"/> wants.</param>
    public bool TryPut(ReadOnlySpan<byte> payload, out byte first)
    {
        first = None;
        var blocks = (payload.Length + BlockBytes - 1) / BlockBytes;
        if (blocks > _free)
            return false;
        // From the last block to the first: each is put before the one that follows it.
        for (var block = blocks - 1; block >= 0; block--)
        {
            var place = _firstFree;
            _firstFree = _following[place];
            _following[place] = first;
            first = place;
            var part = payload[(block * BlockBytes)..];
            part[..Math.Min(part.Length, BlockBytes)].CopyTo(_bytes.AsSpan(place * BlockBytes));
        }
        _free -= blocks;
        return true;
    }

    /// <summary>Gives a payload back in one piece and frees its blocks; valid until the next.</summary>
    public ReadOnlySpan<byte> Take(byte first, int payloadBytes)
    {
        for (var at = 0; at < payloadBytes; at += BlockBytes)
        {
            _bytes.AsSpan(first * BlockBytes, Math.Min(BlockBytes, payloadBytes - at)).CopyTo(_whole.AsSpan(at));
            var following = _following[first];
            (_following[first], _firstFree) = (_firstFree, first);
            first = following;
            _free++;
        }
        return _whole.AsSpan(0, payloadBytes);
    }
}
