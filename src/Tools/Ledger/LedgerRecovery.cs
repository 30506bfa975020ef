using System.Data.Common;
using Storage;

namespace Tools.Ledger;

/// <summary>What an earlier process has left open: found at start, and listed from then on as unknown.</summary>
/// <remarks>Several services may share the database: one answers for entries of its own instance name whose process is gone, and for any that no run can take as long as.</remarks>
internal static class LedgerRecovery
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromDays(1);

    /// <summary>Turns the open entries of processes that are gone into unknown ones.</summary>
    public static async Task<IReadOnlyList<string>> TakeOverAsync(DbConnection connection, string instance, DateTimeOffset now, CancellationToken cancellation)
    {
        var open = await connection.Command(
            "SELECT key, process, tool, call_id, intended_at FROM tool_ledger WHERE outcome = 'Running' AND (instance = @instance OR intended_at < @old) ORDER BY intended_at, key",
            ("instance", instance), ("old", DatabaseText.From(now - LongestRun)))
            .ListAsync(row => (Key: row.GetString(0), Process: row.GetString(1), Text: $"{row.GetString(2)} of call {row.GetString(3)} at {row.GetString(4)}"), cancellation);
        var left = open.Where(entry => !ProcessMark.IsAlive(entry.Process)).ToList();
        foreach (var (key, _, _) in left)
            await SetUnknownAsync(connection, "key = @value", key, cancellation);
        return [.. left.Select(entry => entry.Text)];
    }

    /// <summary>At an orderly end: whatever is open now will not be concluded any more.</summary>
    public static Task<int> LeaveAsync(DbConnection connection, string process, CancellationToken cancellation) =>
        SetUnknownAsync(connection, "process = @value", process, cancellation);

    /// <summary>Deletes what has ended long ago; what is unknown stays.</summary>
    public static Task<int> ForgetAsync(DbConnection connection, DateTimeOffset before, CancellationToken cancellation) => connection.Command(
        "DELETE FROM tool_ledger WHERE intended_at < @before AND outcome NOT IN ('Running', 'Unknown')", ("before", DatabaseText.From(before))).ExecuteAsync(cancellation);

    private static Task<int> SetUnknownAsync(DbConnection connection, string which, string value, CancellationToken cancellation) => connection.Command(
        $"UPDATE tool_ledger SET outcome = 'Unknown', note = @note WHERE outcome = 'Running' AND {which}",
        ("note", "The process ended before the result was written."), ("value", value)).ExecuteAsync(cancellation);
}
