namespace Telephony.Calls;

/// <summary>Decides whether a call of ours may be made, by whom it goes to and by how many there were, and whether a trunk may be asked to make one.
/// Every INVITE outside a dialog passes here first, and every REFER to a trunk.</summary>
/// <remarks>Any thread. Bounded: what is counted was allowed within the last hour.</remarks>
internal sealed class OutboundRules(OutboundOptions options, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private volatile Terms _terms = new(options);
    private readonly HourlyCounts _calls = new(timeProvider);
    private readonly HourlyCounts _transfers = new(timeProvider);
    private int _up;

    /// <summary>Goes by other bounds from now on; what was counted counts.</summary>
    public void Replace(OutboundOptions others) => _terms = new Terms(others);

    /// <summary>Counts one call to it, if it may be made; <see cref="Release"/> follows when that call is over.</summary>
    /// <param name="target">Whom.</param>
    /// <param name="isOwnUser">Whether it is a user of ours: the configuration names them, and their calls cost nothing, so only those that are up are counted.</param>
    /// <param name="trunkDomain">Domain of the trunk that it goes by; null for none.</param>
    public DialRefusal TryTake(OutboundTarget target, bool isOwnUser = false, string? trunkDomain = null)
    {
        var (bounds, list) = _terms;
        if (!isOwnUser && !list.Allows(target, trunkDomain))
            return DialRefusal.NotAllowed;
        var key = target.CountKey;
        lock (_lock)
        {
            var verdict = _up >= bounds.MaxCalls ? DialRefusal.TooMany
                : isOwnUser ? DialRefusal.None
                : _calls.Check(key, bounds.MaxCallsPerHour, bounds.MaxCallsPerNumberPerHour);
            if (verdict != DialRefusal.None)
                return verdict;
            _up++;
            if (!isOwnUser)
                _calls.Add(key);
            return DialRefusal.None;
        }
    }

    /// <summary>Counts one blind transfer by a trunk, if it may be made. The list is not asked: whoever is transferred to stands by name in the configuration.</summary>
    public DialRefusal TryTakeTransfer(TransferTarget target)
    {
        var key = OutboundTarget.Of(target)?.CountKey ?? target.ToString();
        lock (_lock)
        {
            var bounds = _terms.Options;
            var verdict = _transfers.Check(key, bounds.MaxTransfersPerHour, bounds.MaxTransfersPerNumberPerHour);
            if (verdict == DialRefusal.None)
                _transfers.Add(key);
            return verdict;
        }
    }

    /// <summary>A call that was counted is over.</summary>
    public void Release()
    {
        lock (_lock)
            _up--;
    }

    private sealed record Terms(OutboundOptions Options, OutboundList List)
    {
        public Terms(OutboundOptions options)
            : this(options, new OutboundList(options.Allow))
        {
        }
    }
}
