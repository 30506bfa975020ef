using VoiceAgent.Calls;

namespace VoiceAgent.Records;

/// <summary>What is to be written of one call: its head, entries that are new or have changed, and whether it is over.</summary>
/// <remarks>Made on the call's loop; from then on the property of <see cref="PendingCalls"/> and of the writer's loop.</remarks>
/// <param name="key">The call's key in the database.</param>
/// <param name="record">The record, of which only what never changes may be read until the call is over.</param>
internal sealed class PendingCall(string key, CallRecord record)
{
    public string Key => key;

    public CallRecord Record => record;

    /// <summary>What is no part, as UTF-8; null when it has been written, and is as it was.</summary>
    public byte[]? Head { get; set; }

    /// <summary>See <see cref="CallRecord.AnsweredAfterMs"/>.</summary>
    public double? AnsweredMs { get; set; }

    /// <summary>Entries by list (its place in <see cref="RecordParts.Lists"/>) and position.</summary>
    public Dictionary<(int List, int Position), object> Entries { get; } = [];

    /// <summary>Whether the call may have no row yet.</summary>
    public bool IsFirst { get; set; }

    /// <summary>Whether the call is over: then its record is complete, and written whole.</summary>
    public bool IsOver { get; set; }

    /// <summary>Whether only head and the entries so far are written of a call that is over, for want of room.</summary>
    public bool IsCut { get; set; }

    /// <summary>About how much memory this holds, in bytes.</summary>
    public long Bytes => (Head?.Length ?? 0) + _entryBytes;

    private long _entryBytes;

    /// <summary>Adds an entry, in place of an older one.</summary>
    public void Add(int list, int position, object entry)
    {
        if (Entries.TryGetValue((list, position), out var old))
            _entryBytes -= RecordParts.SizeOf(old);
        Entries[(list, position)] = entry;
        _entryBytes += RecordParts.SizeOf(entry);
    }

    /// <summary>Takes what came later.</summary>
    public void Merge(PendingCall later)
    {
        foreach (var ((list, position), entry) in later.Entries)
            Add(list, position, entry);
        (Head, AnsweredMs, IsFirst, IsOver, IsCut) = (later.Head ?? Head, later.AnsweredMs, IsFirst || later.IsFirst, later.IsOver, later.IsCut);
    }
}
