using Tools.Ledger;

namespace Tools.Invocation;

/// <summary>One call's way to the ledger: a ledger that fails or hangs costs a bounded time and is an answer, not an exception.</summary>
internal sealed class LedgerEntries(ToolServices services, string callId)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Writes what a tool is about to do.</summary>
    /// <returns>False when it must not run.</returns>
    public async Task<bool> IntendAsync(string key, string tool, string arguments)
    {
        using var giveUp = new CancellationTokenSource();
        var writing = IntendApartAsync(new(key, callId, tool, arguments), giveUp.Token);
        if (await IsDoneInTimeAsync(writing))
            return await writing;
        giveUp.Cancel();
        services.Logger.NoIntent(null, callId, tool);
        _ = StrikeOutAsync(writing, key);
        return false;
    }

    /// <summary>Writes what became of it.</summary>
    /// <returns>False when that could not be written.</returns>
    public async Task<bool> ConcludeAsync(string key, ToolOutcome outcome, string result, string note)
    {
        var writing = ConcludeApartAsync(key, outcome, result, note);
        if (await IsDoneInTimeAsync(writing))
            return await writing;
        services.Logger.NotConcluded(null, callId, key, outcome);
        return false;
    }

    private async Task<bool> IsDoneInTimeAsync(Task<bool> writing)
    {
        if (writing.IsCompleted)
            return true;
        using var isDone = new CancellationTokenSource();
        var first = await Task.WhenAny(writing, Task.Delay(Limit, services.Time, isDone.Token));
        isDone.Cancel();
        return first == writing;
    }

    // An intent that is written after it was given up must not look like work of unknown end.
    private async Task StrikeOutAsync(Task<bool> writing, string key)
    {
        if (await writing)
            await ConcludeApartAsync(key, ToolOutcome.Refused, "", "The ledger took the intent too late; the tool was not run.");
    }

    private async Task<bool> IntendApartAsync(LedgerIntent intent, CancellationToken cancellation)
    {
        await Task.Yield();   // a ledger may hold its thread up
        try
        {
            return await services.Ledger.IntendAsync(intent, cancellation);
        }
#pragma warning disable CA1031 // a lost database costs the tool, not the call
        catch (Exception e)
#pragma warning restore CA1031
        {
            services.Logger.NoIntent(e, callId, intent.Tool);
            return false;
        }
    }

    private async Task<bool> ConcludeApartAsync(string key, ToolOutcome outcome, string result, string note)
    {
        await Task.Yield();
        try
        {
            return await services.Ledger.ConcludeAsync(key, outcome, result, note);
        }
#pragma warning disable CA1031 // a lost database costs the entry, not the answer
        catch (Exception e)
#pragma warning restore CA1031
        {
            services.Logger.NotConcluded(e, callId, key, outcome);
            return false;
        }
    }
}
