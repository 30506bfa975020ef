namespace Telephony.Sip.Resolution;

/// <summary>Remembers what was looked up for as long as it may be, and lets only one question for the same thing be under way.</summary>
/// <remarks>Any thread. Bounded in what is remembered and in what is under way, because callers bring names. What is out of date is used when nobody
/// answers any more (RFC 8767): a trunk does not end with its name server.</remarks>
internal sealed class DnsCache(IDnsLookup inner, TimeProvider timeProvider) : IDnsLookup
{
    private const int MaxEntries = 1_000;
    private const int MaxUnderWay = 100;
    private static readonly TimeSpan StaleLife = TimeSpan.FromDays(1);

    private readonly Dictionary<(string Name, DnsRecordType Type), Entry> _entries = [];
    private readonly Dictionary<(string Name, DnsRecordType Type), Task<DnsAnswer>> _underWay = [];
    private readonly Lock _lock = new();

    private readonly long _origin = timeProvider.GetTimestamp();

    private readonly record struct Entry(DnsAnswer Answer, TimeSpan GoodUntil);

    /// <summary>Names remembered; for tests.</summary>
    internal int Count { get { lock (_lock) return _entries.Count; } }

    public async Task<DnsAnswer> QueryAsync(string name, DnsRecordType type)
    {
        var key = (name.ToLowerInvariant(), type);
        Task<DnsAnswer>? asked;
        TaskCompletionSource<DnsAnswer>? asking = null;
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var entry) && entry.GoodUntil > Now)
                return entry.Answer;
            if (!_underWay.TryGetValue(key, out asked) && _underWay.Count >= MaxUnderWay)
                return LastKnown(key);   // a stranger's slow names shall not take a trunk's away
            if (asked is null)
            {
                asking = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _underWay.Add(key, asking.Task);
            }
        }
        if (asking is null)
            return await asked!;
        var answer = DnsAnswer.Failed;
        try
        {
            answer = await inner.QueryAsync(key.Item1, type);
        }
        finally
        {
            answer = Keep(key, answer);
            asking.SetResult(answer);
        }
        return answer;
    }

    private TimeSpan Now => timeProvider.GetElapsedTime(_origin);

    private DnsAnswer Keep((string Name, DnsRecordType Type) key, DnsAnswer answer)
    {
        lock (_lock)
        {
            _underWay.Remove(key);
            if (answer.Status == DnsStatus.Failed)
                return LastKnown(key);
            if (_entries.Count >= MaxEntries && !_entries.ContainsKey(key))
                _entries.Remove(_entries.MinBy(pair => pair.Value.GoodUntil).Key);
            _entries[key] = new(answer, Now + answer.TimeToLive);
            return answer;
        }
    }

    private DnsAnswer LastKnown((string Name, DnsRecordType Type) key) =>
        _entries.TryGetValue(key, out var stale) && stale.GoodUntil + StaleLife > Now ? stale.Answer : DnsAnswer.Failed;
}
