namespace Telephony.Media;

/// <summary>The calls in order of their next deadline: the <see cref="MediaClock"/> always knows who is due and how long it may sleep.</summary>
/// <remarks>A binary heap of calls that know their own position. Owned by the media clock's thread; grows when calls join.</remarks>
internal sealed class DeadlineHeap
{
    private Entry[] _entries = new Entry[64];

    /// <summary>Calls in the heap.</summary>
    public int Count { get; private set; }

    /// <summary>The earliest deadline; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextDueNs => Count == 0 ? long.MaxValue : _entries[0].DueNs;

    /// <summary>The call with the earliest deadline.</summary>
    public ClockedMedia First => _entries[0].Media;

    /// <summary>Puts a call in, or moves it to its present deadline.</summary>
    public void Update(ClockedMedia media)
    {
        var index = media.HeapIndex;
        var dueNs = media.DueNs;
        if (index >= 0 && _entries[index].DueNs == dueNs)
            return;
        if (index < 0)
        {
            if (Count == _entries.Length)
                Array.Resize(ref _entries, 2 * Count);
            index = Count++;
        }
        Settle(new Entry(media, dueNs), index);
    }

    /// <summary>Takes a call out; nothing happens when it is not in.</summary>
    public void Remove(ClockedMedia media)
    {
        var index = media.HeapIndex;
        if (index < 0)
            return;
        media.HeapIndex = -1;
        var last = _entries[--Count];
        _entries[Count] = default;
        if (index < Count)
            Settle(last, index);
    }

    private void Settle(Entry entry, int index)
    {
        while (index > 0 && entry.DueNs < _entries[(index - 1) / 2].DueNs)
            index = Move((index - 1) / 2, index);
        while (SmallerChild(index) is var child && child < Count && _entries[child].DueNs < entry.DueNs)
            index = Move(child, index);
        _entries[index] = entry;
        entry.Media.HeapIndex = index;
    }

    private int SmallerChild(int index)
    {
        var left = 2 * index + 1;
        return left + 1 < Count && _entries[left + 1].DueNs < _entries[left].DueNs ? left + 1 : left;
    }

    private int Move(int from, int to)
    {
        _entries[to] = _entries[from];
        _entries[to].Media.HeapIndex = to;
        return from;
    }

    private readonly record struct Entry(ClockedMedia Media, long DueNs);
}
