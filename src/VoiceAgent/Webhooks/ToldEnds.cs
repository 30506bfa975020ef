namespace VoiceAgent.Webhooks;

/// <summary>Which calls' ends are being told, and which were taken or given up: <see cref="DeliverySender"/> -> <see cref="UntoldEnds"/>.</summary>
/// <remarks>Any thread. Bounded: what finds no room is not known to be told, and is told again.</remarks>
internal sealed class ToldEnds
{
    private const int MaxConcluded = 20_000;

    private readonly Lock _gate = new();
    private readonly HashSet<(string Key, string Target)> _open = [];
    private readonly HashSet<(string Key, string Target)> _concluded = [];

    /// <summary>Begins to tell a system of a call's end; false when that is being done, or was.</summary>
    /// <param name="key">The call's key in the database.</param>
    /// <param name="target">Name of the system.</param>
    public bool TryBegin(string key, string target)
    {
        lock (_gate)
            return !_concluded.Contains((key, target)) && _open.Add((key, target));
    }

    /// <summary>It is over.</summary>
    /// <param name="key">The call's key in the database.</param>
    /// <param name="target">Name of the system.</param>
    /// <param name="end">How; what was dropped is told again.</param>
    public void End(string key, string target, DeliveryEnd end)
    {
        lock (_gate)
        {
            _open.Remove((key, target));
            if (end != DeliveryEnd.Dropped && _concluded.Count < MaxConcluded)
                _concluded.Add((key, target));
        }
    }

    /// <summary>Whether it is being told, or was.</summary>
    public bool IsKnown(string key, string target)
    {
        lock (_gate)
            return _open.Contains((key, target)) || _concluded.Contains((key, target));
    }

    /// <summary>Some of those that nobody needs to be told of any more; they stay until <see cref="Written"/>.</summary>
    public IReadOnlyList<(string Key, string Target)> Concluded(int most)
    {
        lock (_gate)
            return [.. _concluded.Take(most)];
    }

    /// <summary>The database knows it.</summary>
    public void Written(IEnumerable<(string Key, string Target)> ends)
    {
        lock (_gate)
            _concluded.ExceptWith(ends);
    }
}
