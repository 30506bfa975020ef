using Tools.Invocation;
using Tools.Ledger;

namespace VoiceAgent.Tests.ToolCalls;

/// <summary>A ledger in memory, to be read by tests.</summary>
internal sealed class BookLedger : IToolLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LedgerEntry> _entries = new(StringComparer.Ordinal);

    public IReadOnlyList<LedgerEntry> Entries
    {
        get
        {
            lock (_gate)
                return [.. _entries.Values];
        }
    }

    /// <summary>Holds back every intent until it is completed; null for none.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public async ValueTask<bool> IntendAsync(LedgerIntent intent, CancellationToken cancellation)
    {
        if (Gate is { } gate)
            await gate.Task.WaitAsync(cancellation);
        lock (_gate)
            _entries.Add(intent.Key, new LedgerEntry { Key = intent.Key, CallId = intent.CallId, Tool = intent.Tool, Arguments = intent.Arguments, IntendedAt = DateTimeOffset.UnixEpoch });
        return true;
    }

    public ValueTask<bool> ConcludeAsync(string key, ToolOutcome outcome, string result, string note)
    {
        lock (_gate)
            _entries[key] = _entries[key] with { Outcome = outcome, Result = result, Note = note, ConcludedAt = DateTimeOffset.UnixEpoch };
        return ValueTask.FromResult(true);
    }

    public void Delivered(string key)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var entry))
                _entries[key] = entry with { DeliveredAt = DateTimeOffset.UnixEpoch };
        }
    }

    public Task<IReadOnlyList<LedgerEntry>> ListAsync(LedgerQuery query, CancellationToken cancellation) => Task.FromResult(Entries);

    public Task<bool> SettleAsync(string key, bool wasDone, string note, CancellationToken cancellation) => Task.FromResult(false);
}
