using Storage;

namespace VoiceAgent.Records;

/// <summary>Makes the condition of a <see cref="CallQuery"/> that both databases take.</summary>
internal static class CallFilter
{
    // A pattern without end would keep the database busy.
    private const int MaxCharacters = 200;

    /// <returns>The condition, and the values of its parameters, the limit's among them.</returns>
    public static (string Where, (string Name, object? Value)[] Parameters) Of(CallQuery query)
    {
        List<string> conditions = [];
        List<(string, object?)> parameters = [("limit", (long)Math.Clamp(query.Limit, 1, CallQuery.MaxLimit))];
        // A key begins with the call's start.
        Add("call_key >= @from", "from", query.From is { } from ? DatabaseText.From(from) : null);
        Add("call_key < @to", "to", query.To is { } to ? DatabaseText.From(to) : null);
        Add(@"(caller LIKE @number ESCAPE '\' OR dialled LIKE @number ESCAPE '\')", "number", Like(query.Number));
        Add("agent = @agent", "agent", query.Agent);
        Add("trunk = @trunk", "trunk", query.Trunk);
        Add("instance = @instance", "instance", query.Instance);
        Add("direction = @direction", "direction", query.Direction?.ToString());
        Add("end_reason = @reason", "reason", query.EndReason?.ToString());
        // The words of a call that runs are still in its parts.
        Add(@"(words LIKE @text ESCAPE '\' OR EXISTS (SELECT 1 FROM call_parts WHERE call_parts.call_key = calls.call_key AND call_parts.words LIKE @text ESCAPE '\'))",
            "text", Like(query.Text?.ToLowerInvariant()));
        Add(query.OldestFirst ? "call_key > @after" : "call_key < @after", "after", query.After);
        if (query.MinDeadAir is { } silence)
        {
            conditions.Add("dead_air_ms >= @silence");
            parameters.Add(("silence", silence.TotalMilliseconds));
        }
        if (query.IsRunning is { } isRunning)
            conditions.Add(isRunning ? "end_reason IS NULL" : "end_reason IS NOT NULL");
        return (conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}", [.. parameters]);

        void Add(string condition, string name, string? value)
        {
            if (string.IsNullOrEmpty(value))
                return;
            conditions.Add(condition);
            parameters.Add((name, value));
        }
    }

    private static string? Like(string? part) => string.IsNullOrEmpty(part) ? null
        : $"%{part[..Math.Min(part.Length, MaxCharacters)].Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";
}
