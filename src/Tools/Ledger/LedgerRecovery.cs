using System.Data.Common;
using Storage;

namespace Tools.Ledger;

/// <summary>What an earlier process has left open: found at the start and every hour, and listed from then on as unknown. And what is old: deleted.</summary>
/// <remarks>Several services may share the database: one answers for entries of its own instance name whose process is gone, and for any that no run can take as long as.</remarks>
/// <param name="instance">The service's name in the ledger.</param>
/// <param name="now">The time.</param>
/// <param name="retentionDays">Days that concluded entries are kept.</param>
/// <param name="mayStillWrite">Whether a process may go on with what it has left open (<see cref="Database.MayStillWrite"/>).</param>
internal sealed class LedgerRecovery(string instance, DateTimeOffset now, int retentionDays, Func<string, bool> mayStillWrite)
{
    // A tool may take an hour, and undoing it another one.
    private static readonly TimeSpan LongestRun = TimeSpan.FromHours(2);

    /// <summary>Looks for both.</summary>
    public async Task<LedgerFindings> RunAsync(DbConnection connection, CancellationToken cancellation) =>
        new(await TakeOverAsync(connection, cancellation), await ForgetAsync(connection, cancellation));

    /// <summary>At an orderly end: whatever is open now will not be concluded any more.</summary>
    public static Task<int> LeaveAsync(DbConnection connection, string process, CancellationToken cancellation) =>
        SetUnknownAsync(connection, "process = @value", process, cancellation);

    private async Task<IReadOnlyList<string>> TakeOverAsync(DbConnection connection, CancellationToken cancellation)
    {
        var old = DatabaseText.From(now - LongestRun);
        var open = await connection.Command(
            "SELECT key, process, tool, call_id, intended_at FROM tool_ledger WHERE outcome = 'Running' AND (instance = @instance OR intended_at < @old) ORDER BY intended_at, key",
            ("instance", instance), ("old", old))
            .ListAsync(row => (Key: row.GetString(0), Process: row.GetString(1), IntendedAt: row.GetString(4), Text: $"{row.GetString(2)} of call {row.GetString(3)} at {row.GetString(4)}"), cancellation);
        var left = open.Where(entry => string.CompareOrdinal(entry.IntendedAt, old) < 0 ? !ProcessMark.IsAlive(entry.Process) : !mayStillWrite(entry.Process)).ToList();
        foreach (var (key, _, _, _) in left)
            await SetUnknownAsync(connection, "key = @value", key, cancellation);
        return [.. left.Select(entry => entry.Text)];
    }

    // What is unknown stays.
    private Task<int> ForgetAsync(DbConnection connection, CancellationToken cancellation) => connection.Command(
        "DELETE FROM tool_ledger WHERE intended_at < @before AND outcome NOT IN ('Running', 'Unknown')", ("before", DatabaseText.From(now.AddDays(-retentionDays)))).ExecuteAsync(cancellation);

    private static Task<int> SetUnknownAsync(DbConnection connection, string which, string value, CancellationToken cancellation) => connection.Command(
        $"UPDATE tool_ledger SET outcome = 'Unknown', note = @note WHERE outcome = 'Running' AND {which}",
        ("note", "The process ended before the result was written."), ("value", value)).ExecuteAsync(cancellation);
}

/// <summary>What a look at the ledger has found.</summary>
/// <param name="Left">Entries that have become unknown, in words.</param>
/// <param name="Old">How many were deleted.</param>
internal sealed record LedgerFindings(IReadOnlyList<string> Left, int Old);
