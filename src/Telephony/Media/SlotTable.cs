namespace Telephony.Media;

/// <summary>The calls on the <see cref="MediaClock"/>, each in a slot: the slot names it to the waiter and gives it its phase in the frame.</summary>
/// <remarks>Owned by the media clock's thread; grows when calls join.</remarks>
internal sealed class SlotTable(long startNs)
{
    private const long FrameNs = 20_000_000;
    private const int PhaseBits = 10;

    private ClockedMedia?[] _slots = new ClockedMedia?[64];
    private int _count;

    /// <summary>Calls in the table; any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The call in a slot; null when it has left.</summary>
    public ClockedMedia? this[int slot] => _slots[slot];

    /// <summary>Puts a call in the first free slot.</summary>
    public void Add(ClockedMedia media)
    {
        var slot = Array.IndexOf(_slots, null);
        if (slot < 0)
        {
            slot = _slots.Length;
            Array.Resize(ref _slots, 2 * slot);
        }
        _slots[slot] = media;
        media.Slot = slot;
        Interlocked.Increment(ref _count);
    }

    /// <summary>Takes a call out; false when it was not in.</summary>
    public bool Remove(ClockedMedia media)
    {
        if (media.Slot < 0)
            return false;
        _slots[media.Slot] = null;
        media.Slot = -1;
        Interlocked.Decrement(ref _count);
        return true;
    }

    /// <summary>Any call that is left; null when the table is empty.</summary>
    public ClockedMedia? Any() => Array.Find(_slots, media => media is not null);

    /// <summary>The next time at which a slot's phase comes round.</summary>
    /// <remarks>Bit-reversed slots (van der Corput) lie as far apart in the frame as any number of calls allows.</remarks>
    public long NextPhaseNs(int slot, long nowNs)
    {
        var reversed = 0;
        for (var bit = 0; bit < PhaseBits; bit++)
            reversed |= (slot >> bit & 1) << (PhaseBits - 1 - bit);
        var phaseNs = startNs + (FrameNs * reversed >> PhaseBits);
        return nowNs < phaseNs ? phaseNs : phaseNs + ((nowNs - phaseNs) / FrameNs + 1) * FrameNs;
    }
}
