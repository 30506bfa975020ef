namespace Telephony.Sip.Admission;

/// <summary>Sources that are not listened to for a while, bounded: one too many lets the oldest ban go.</summary>
/// <remarks>All bans last equally long, so they end in the order in which they began. Its owner's thread only.</remarks>
internal sealed class BanTable(TimeSpan banTime, int maxBans, TimeProvider timeProvider)
{
    private readonly long _banTicks = (long)(banTime.TotalSeconds * timeProvider.TimestampFrequency);
    private readonly HashSet<SourceId> _banned = [];
    private readonly Queue<(SourceId Source, long Until)> _inOrder = [];

    /// <summary>How long a ban lasts.</summary>
    public TimeSpan BanTime => banTime;

    /// <summary>Bans in force.</summary>
    public int Count(long now)
    {
        Expire(now);
        return _banned.Count;
    }

    /// <summary>Whether a source is banned.</summary>
    public bool IsBanned(SourceId source, long now)
    {
        Expire(now);
        return _banned.Count > 0 && _banned.Contains(source);
    }

    /// <summary>Bans a source; false if it is banned already, which then ends no later.</summary>
    public bool TryAdd(SourceId source, long now)
    {
        Expire(now);
        if (!_banned.Add(source))
            return false;
        if (_inOrder.Count >= maxBans)
            _banned.Remove(_inOrder.Dequeue().Source);
        _inOrder.Enqueue((source, now + _banTicks));
        return true;
    }

    private void Expire(long now)
    {
        while (_inOrder.TryPeek(out var oldest) && oldest.Until <= now)
            _banned.Remove(_inOrder.Dequeue().Source);
    }
}
