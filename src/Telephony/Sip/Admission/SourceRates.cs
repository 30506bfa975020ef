using System.Runtime.InteropServices;

namespace Telephony.Sip.Admission;

/// <summary>A token bucket for each source that was heard lately.</summary>
/// <remarks>A bucket that nobody touched for the window is full again, which is what a new one is: so two tables that take turns forget the right ones, at no
/// cost for each. A flood from forged addresses makes them take turns sooner, and memory stays bounded. Its owner's thread only.</remarks>
internal sealed class SourceRates(TokenRate rate, TimeSpan window, TimeProvider timeProvider)
{
    private const int MaxSources = 1 << 16;

    private readonly long _windowTicks = (long)(window.TotalSeconds * timeProvider.TimestampFrequency);
    private Dictionary<SourceId, TokenBucket> _recent = [];
    private Dictionary<SourceId, TokenBucket> _before = [];
    private long _turnedAt = timeProvider.GetTimestamp();

    /// <summary>Sources remembered.</summary>
    public int Count => _recent.Count + _before.Count;

    /// <summary>Takes a token of that source; false when it has none left.</summary>
    public bool TryTake(SourceId source, long now)
    {
        if (now - _turnedAt >= _windowTicks || _recent.Count >= MaxSources)
            Turn(now);
        return BucketOf(source, now).TryTake(rate, now);
    }

    /// <summary>Gives a source its token back, if it is remembered.</summary>
    public void Return(SourceId source)
    {
        ref var bucket = ref CollectionsMarshal.GetValueRefOrNullRef(_recent, source);
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref bucket))
            bucket.Return(rate);
    }

    private ref TokenBucket BucketOf(SourceId source, long now)
    {
        ref var bucket = ref CollectionsMarshal.GetValueRefOrAddDefault(_recent, source, out var exists);
        if (!exists)
            bucket = _before.Remove(source, out var known) ? known : new TokenBucket(rate.Size, now);
        return ref bucket;
    }

    private void Turn(long now)
    {
        (_recent, _before) = (_before, _recent);
        _recent.Clear();
        _turnedAt = now;
    }
}
