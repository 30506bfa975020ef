using Telephony.Sip.Admission;
using Telephony.Trunks;

namespace Telephony.Calls;

/// <summary>Bounds calls that come in: how many may begin in a second, in all and by trunk, and how many of a trunk, or of strangers, may be up at once.</summary>
/// <remarks>Owned by the signalling loop. How many may be up in all is the host's to say, by <see cref="ICallHandler.Availability"/>.</remarks>
internal sealed class CallCaps(TelephonyOptions options, TimeProvider timeProvider)
{
    private readonly Dictionary<string, Pace> _trunks = new(StringComparer.OrdinalIgnoreCase);
    private readonly Pace _all = new(options.MaxCallsPerSecond, timeProvider);

    /// <summary>Why a call is one too many; null when it may begin, and then it counts.</summary>
    /// <param name="trunk">The trunk that it came from, or null.</param>
    /// <param name="isStranger">Whether it is of nobody that the configuration knows.</param>
    /// <param name="openOf">Calls that are up, by name of the trunk; those of strangers for none.</param>
    public string? Exceeded(Trunk? trunk, bool isStranger, Func<string?, int> openOf)
    {
        if (isStranger && IsFullOfStrangers(openOf))
            return $"strangers have their {options.Access.MaxCalls} calls";
        if (trunk is not null && IsFull(trunk, openOf))
            return $"trunk {trunk.Name} has its {trunk.Options.MaxCalls} calls";
        if (trunk is not null && !PaceOf(trunk).TryBegin())
            return $"trunk {trunk.Name} has had its {trunk.Options.MaxCallsPerSecond} calls of this second";
        return _all.TryBegin() ? null : $"{options.MaxCallsPerSecond} calls have begun in this second";
    }

    /// <summary>Whether one may begin that takes the place of another, and so counts within its second only.</summary>
    public bool MayBegin(Trunk? trunk) => (trunk is null || PaceOf(trunk).TryBegin()) && _all.TryBegin();

    /// <summary>Whether strangers have as many calls up as they may have.</summary>
    /// <param name="openOf">Calls that are up; those of strangers for no name.</param>
    public bool IsFullOfStrangers(Func<string?, int> openOf) => options.Access.MaxCalls is > 0 and var most && openOf(null) >= most;

    /// <summary>Whether a trunk has as many calls up as it may have.</summary>
    /// <param name="trunk">The trunk.</param>
    /// <param name="openOf">Calls that are up, by name of the trunk.</param>
    public static bool IsFull(Trunk trunk, Func<string?, int> openOf) => trunk.Options.MaxCalls is > 0 and var most && openOf(trunk.Name) >= most;

    private Pace PaceOf(Trunk trunk)
    {
        if (!_trunks.TryGetValue(trunk.Name, out var pace))
            _trunks.Add(trunk.Name, pace = new Pace(trunk.Options.MaxCallsPerSecond, timeProvider));
        return pace;
    }

    /// <summary>A bound of calls in a second; 0 for none.</summary>
    private sealed class Pace(int limit, TimeProvider timeProvider)
    {
        private readonly TokenRate _rate = new(limit, TimeSpan.FromSeconds(1), timeProvider);
        private TokenBucket _bucket = new(limit, timeProvider.GetTimestamp());

        public bool TryBegin() => limit == 0 || _bucket.TryTake(_rate, timeProvider.GetTimestamp());
    }
}
