using Tools.Invocation;
using Tools.Ledger;

namespace Tools.Tests.Invocation;

/// <summary>A ledger in memory that can be told to fail or to hang.</summary>
internal sealed class MemoryLedger : IToolLedger
{
    private readonly Lock _gate = new();

    /// <summary>What was written, in order: <c>intend KEY</c>, <c>conclude KEY Outcome</c>.</summary>
    public List<string> Lines { get; } = [];

    public List<LedgerIntent> Intents { get; } = [];

    public List<(string Key, ToolOutcome Outcome, string Result, string Note)> Conclusions { get; } = [];

    public bool IsRefusing { get; set; }

    public Exception? Failure { get; set; }

    public TaskCompletionSource? Gate { get; set; }

    public async ValueTask<bool> IntendAsync(LedgerIntent intent, CancellationToken cancellation)
    {
        await PassAsync();
        lock (_gate)
        {
            Lines.Add($"intend {intent.Key}");
            Intents.Add(intent);
        }
        return !IsRefusing;
    }

    public async ValueTask<bool> ConcludeAsync(string key, ToolOutcome outcome, string result, string note)
    {
        await PassAsync();
        lock (_gate)
        {
            Lines.Add($"conclude {key} {outcome}");
            Conclusions.Add((key, outcome, result, note));
        }
        return !IsRefusing;
    }

    public void Delivered(string key)
    {
        // Not asked for here.
    }

    public Task<IReadOnlyList<LedgerEntry>> ListAsync(LedgerQuery query, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<LedgerEntry>>([]);

    public Task<bool> SettleAsync(string key, bool wasDone, string note, CancellationToken cancellation) => Task.FromResult(false);

    private async Task PassAsync()
    {
        if (Failure is { } failure)
            throw failure;
        if (Gate is { } gate)
            await gate.Task;
    }
}
