namespace VoiceAgent.Cluster;

/// <summary>Where all nodes see each other's leases, one after the other: the database, or what a test has in its place.</summary>
internal interface ILeaseStore
{
    /// <summary>Shows the leases of the project to a node while no other sees them, and writes down its own; those that have lapsed are gone then.</summary>
    /// <param name="decide">Makes the node's own new row; may be asked twice.</param>
    /// <param name="cancellation">Ends it; whether the row is written nobody knows then.</param>
    /// <returns>Sessions that are written.</returns>
    /// <exception cref="System.Data.Common.DbException">It failed; whether the row is written nobody knows.</exception>
    Task<int> RenewAsync(Func<LeaseLook, LeaseRow> decide, CancellationToken cancellation);
}

/// <summary>One node's lease.</summary>
/// <param name="Process">The node.</param>
/// <param name="Wanted">Sessions that it needs.</param>
/// <param name="Granted">Sessions that are its own.</param>
/// <param name="RenewedMs">When it was renewed, by the database's clock.</param>
/// <param name="KeptMs">How long it is the node's own after that.</param>
internal sealed record LeaseRow(string Process, int Wanted, int Granted, long RenewedMs, long KeptMs);

/// <summary>The leases of a project at one moment.</summary>
/// <param name="NowMs">The database's clock; any start.</param>
/// <param name="SinceMs">Since when the database has been heard of without a gap: while it was away nobody could renew.</param>
/// <param name="LongestMs">Time after a renewal in which every call ends that it could admit.</param>
/// <param name="Rows">All of them.</param>
internal sealed record LeaseLook(long NowMs, long SinceMs, long LongestMs, IReadOnlyList<LeaseRow> Rows)
{
    /// <summary>Says of a node that it is gone, also before its time; nobody by default.</summary>
    public Func<string, bool> IsGone { get; init; } = static _ => false;

    /// <summary>Those that others must leave alone.</summary>
    public IEnumerable<LeaseRow> Standing => Rows.Where(row => !IsLapsed(row));

    /// <summary>Whether others may take what was a node's.</summary>
    public bool IsLapsed(LeaseRow row) => NowMs - Math.Max(row.RenewedMs, SinceMs) > row.KeptMs || NowMs - row.RenewedMs > LongestMs || IsGone(row.Process);
}
