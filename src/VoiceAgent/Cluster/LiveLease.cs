using VoiceAgent.Calls;

namespace VoiceAgent.Cluster;

/// <summary>This node's part of the Live sessions that all nodes share: taken ahead of calls, renewed all the time, given back where others need it.</summary>
/// <remarks>
/// Owned by the loop of <see cref="ClusterNode"/>; calls are admitted by <see cref="LiveAllowance"/> alone and wait for nothing. The order keeps the sum of all nodes below the limit:
/// what is given up is given up here first and then in the database, what is gained the other way round, and what was not renewed ends here before it ends there.
/// </remarks>
internal sealed class LiveLease(ILeaseStore store, string process, ClusterOptions options, CallTable calls, LiveAllowance allowance)
{
    /// <summary>Sessions that should be held for these calls and the next ones.</summary>
    public int Wanted => calls.IsDraining ? calls.Count : Math.Min(calls.MaxCalls, calls.Count + Math.Max(options.SpareSessions, calls.Count / 10));

    /// <summary>Whether so few are left that they had better be renewed at once.</summary>
    public bool IsShort => !calls.IsDraining && allowance.Sessions < calls.MaxCalls && allowance.Sessions - calls.Count < options.SpareSessions / 2;

    /// <summary>Renews it.</summary>
    /// <exception cref="System.Data.Common.DbException">The database does not take it; what is held is held on until it ends.</exception>
    public async Task RenewAsync(CancellationToken cancellation)
    {
        var asked = allowance.Now;
        var granted = await store.RenewAsync(Decide, cancellation);
        allowance.Grant(granted, asked, options.LeaseTime);
    }

    // Within the database's transaction, when nobody else decides. It may run twice, and never be heard of again: then less is admitted here than is written there.
    private LeaseRow Decide(LeaseLook look)
    {
        var granted = Share(look);
        if (granted < allowance.Granted)
        {
            allowance.Lower(granted);
            granted = Math.Max(granted, calls.Count);   // those that came in between
        }
        return new LeaseRow(process, Wanted, granted, look.NowMs, (long)(options.LeaseTime + options.LostSessionsHeld).TotalMilliseconds);
    }

    // Where there is enough for all, an equal part each, so that no burst of calls finds too little; else what each needs, less an equal part of what is missing.
    private int Share(LeaseLook look)
    {
        var others = look.Standing.Where(row => row.Process != process).ToList();
        var (running, needed, nodes) = (calls.Count, Wanted, others.Count + 1);
        var free = Math.Max(0, options.LiveSessions - others.Sum(row => row.Granted));
        var missing = Math.Max(0, needed + others.Sum(row => row.Wanted) - options.LiveSessions) / nodes;
        var isScarce = calls.IsDraining || missing > 0 || others.Any(row => row.Wanted > row.Granted);
        var share = isScarce ? needed - missing : Math.Max(needed, Math.Min(calls.MaxCalls, options.LiveSessions / nodes));
        return Math.Max(running, Math.Min(share, free));
    }
}
