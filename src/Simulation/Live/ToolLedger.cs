namespace Simulation.Live;

/// <summary>What a tool response's id was found to be.</summary>
internal enum ToolAnswer
{
    Expected,
    Closed,
    Unknown,
}

/// <summary>The tool calls a session has made: open, cancelled, answered.</summary>
/// <remarks>Owned by the session's loop.</remarks>
internal sealed class ToolLedger
{
    private readonly Dictionary<string, bool> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal);
    private int _made;

    /// <summary>Whether the model waits for a blocking call.</summary>
    public bool IsBlocked => _open.ContainsValue(true);

    public bool HasOpen => _open.Count > 0;

    public string NextId() => $"fc_{++_made + 3_880_300_000L}";

    public void Open(string id, bool isBlocking) => _open[id] = isBlocking;

    /// <summary>Takes the answer to a call; with <paramref name="willContinue"/> the call stays open for more.</summary>
    public ToolAnswer Answer(string id, bool willContinue)
    {
        if (!_open.ContainsKey(id))
            return _closed.Contains(id) ? ToolAnswer.Closed : ToolAnswer.Unknown;
        if (!willContinue)
            Close(id);
        return ToolAnswer.Expected;
    }

    /// <summary>Cancels one call, or every call, and tells which were open.</summary>
    public IReadOnlyList<string> Cancel(string? id) => Close(_open.Keys.Where(key => id is null || key == id));

    /// <summary>Cancels the calls the turn waits for.</summary>
    public IReadOnlyList<string> CancelBlocking() => Close(_open.Where(call => call.Value).Select(call => call.Key));

    private List<string> Close(IEnumerable<string> ids)
    {
        var closed = ids.ToList();
        closed.ForEach(Close);
        return closed;
    }

    private void Close(string id)
    {
        _open.Remove(id);
        _closed.Add(id);
    }
}
