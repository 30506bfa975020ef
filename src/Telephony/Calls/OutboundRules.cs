namespace Telephony.Calls;

/// <summary>Decides whether a call of ours may be made: by whom it goes to, and by how many there were. Every INVITE outside a dialog passes here first.</summary>
/// <remarks>Any thread. Bounded: what is counted was allowed within the last hour.</remarks>
internal sealed class OutboundRules(OutboundOptions options, TimeProvider timeProvider)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly OutboundPattern[] _allowed = [.. options.Allow.Select(text => OutboundPattern.TryParse(text, out var pattern) ? pattern : null).OfType<OutboundPattern>()];
    private readonly Queue<(long At, string Target)> _recent = new();
    private readonly Dictionary<string, int> _perTarget = new(StringComparer.OrdinalIgnoreCase);
    private int _up;

    /// <summary>Whether the list has it, whatever was called before.</summary>
    public bool Allows(OutboundTarget target) => Array.Exists(_allowed, pattern => pattern.Matches(target));

    /// <summary>Counts one call to it, if it may be made; <see cref="Release"/> follows when that call is over.</summary>
    /// <param name="target">Whom.</param>
    /// <param name="isOwnUser">Whether it is a user of ours: the configuration names them, and their calls cost nothing, so only those that are up are counted.</param>
    public DialRefusal TryTake(OutboundTarget target, bool isOwnUser = false)
    {
        if (!isOwnUser && !Allows(target))
            return DialRefusal.NotAllowed;
        lock (_lock)
        {
            ForgetOld();
            var key = target.ToString();
            if (_up >= options.MaxCalls || (!isOwnUser && _recent.Count >= options.MaxCallsPerHour))
                return DialRefusal.TooMany;
            if (!isOwnUser && _perTarget.GetValueOrDefault(key) >= options.MaxCallsPerNumberPerHour)
                return DialRefusal.TooManyToNumber;
            _up++;
            if (isOwnUser)
                return DialRefusal.None;
            _recent.Enqueue((timeProvider.GetTimestamp(), key));
            _perTarget[key] = _perTarget.GetValueOrDefault(key) + 1;
            return DialRefusal.None;
        }
    }

    /// <summary>A call that was counted is over.</summary>
    public void Release()
    {
        lock (_lock)
            _up--;
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
