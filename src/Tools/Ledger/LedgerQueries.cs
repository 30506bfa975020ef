using System.Data.Common;
using Storage;
using Tools.Invocation;

namespace Tools.Ledger;

/// <summary>What is read from the ledger.</summary>
internal static class LedgerQueries
{
    private const int MaxRows = 10_000;

    public static async Task<int> CountUnknownAsync(DbConnection connection, CancellationToken cancellation) =>
        (int)await connection.Command("SELECT COUNT(*) FROM tool_ledger WHERE outcome = 'Unknown'").ScalarAsync<long>(cancellation);

    public static Task<List<LedgerEntry>> ListAsync(DbConnection connection, LedgerQuery query, CancellationToken cancellation)
    {
        List<string> conditions = [];
        if (query.CallId is not null)
            conditions.Add("call_id = @call");
        if (query.OnlyUnknown)
            conditions.Add("outcome = 'Unknown'");
        var where = conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}";
        return connection.Command(
            $"""
             SELECT key, call_id, tool, arguments, intended_at, concluded_at, outcome, result, delivered_at, note
             FROM tool_ledger {where} ORDER BY intended_at DESC, key LIMIT @limit
             """,
            ("call", query.CallId ?? ""), ("limit", (long)Math.Clamp(query.Limit, 1, MaxRows))).ListAsync(Entry, cancellation);
    }

    private static LedgerEntry Entry(DbDataReader row) => new()
    {
        Key = row.GetString(0),
        CallId = row.GetString(1),
        Tool = row.GetString(2),
        Arguments = row.GetString(3),
        IntendedAt = DatabaseText.ToMoment(row.GetString(4)),
        ConcludedAt = Moment(row, 5),
        Outcome = Enum.TryParse<ToolOutcome>(row.GetString(6), out var outcome) ? outcome : ToolOutcome.Unknown,
        Result = row.GetString(7),
        DeliveredAt = Moment(row, 8),
        Note = row.GetString(9),
    };

    private static DateTimeOffset? Moment(DbDataReader row, int column) =>
        row.TextOrNull(column) is { } text ? DatabaseText.ToMoment(text) : null;
}
