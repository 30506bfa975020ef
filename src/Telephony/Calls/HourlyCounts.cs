namespace Telephony.Calls;

/// <summary>How often something was allowed within the last hour, in all and to each target.</summary>
/// <remarks>One thread at a time. Bounded by what it is told to allow.</remarks>
internal sealed class HourlyCounts(TimeProvider timeProvider)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly Queue<(long At, string Target)> _recent = new();
    private readonly Dictionary<string, int> _perTarget = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether there may be one more now.</summary>
    /// <param name="target">Whom it goes to, in one spelling.</param>
    /// <param name="most">How many within an hour.</param>
    /// <param name="mostPerTarget">How many of them to that target.</param>
    public DialRefusal Check(string target, int most, int mostPerTarget)
    {
        ForgetOld();
        return _recent.Count >= most ? DialRefusal.TooMany
            : _perTarget.GetValueOrDefault(target) >= mostPerTarget ? DialRefusal.TooManyToNumber
            : DialRefusal.None;
    }

    /// <summary>Counts one.</summary>
    public void Add(string target)
    {
        _recent.Enqueue((timeProvider.GetTimestamp(), target));
        _perTarget[target] = _perTarget.GetValueOrDefault(target) + 1;
    }

    private void ForgetOld()
    {
        while (_recent.TryPeek(out var oldest) && timeProvider.GetElapsedTime(oldest.At) >= Window)
        {
            _recent.Dequeue();
            if (--_perTarget[oldest.Target] == 0)
                _perTarget.Remove(oldest.Target);
        }
    }
}
