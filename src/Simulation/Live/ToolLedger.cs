namespace Simulation.Live;

/// <summary>What a tool response was found to answer.</summary>
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
    private readonly Dictionary<string, (string Name, bool IsBlocking)> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal);

    /// <summary>Functions that block the model until they are answered; one that was never declared does not.</summary>
    public IReadOnlySet<string> BlockingFunctions { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Whether the model waits for a blocking call.</summary>
    public bool IsBlocked => _open.Values.Any(call => call.IsBlocking);

    public bool HasOpen => _open.Count > 0;

    /// <summary>Calls that were answered or cancelled.</summary>
    public IReadOnlyCollection<string> Closed => _closed.ToArray();

    /// <summary>An id as the model family makes them.</summary>
    public static string NextId(ModelTraits traits)
    {
        // Never twice, not even over several servers: whoever takes one call for another shall be found out by its answer.
        var number = Random.Shared.NextInt64(1_000_000_000_000, 10_000_000_000_000);
        if (traits.IsVertex)
            return Guid.NewGuid().ToString();
        return traits.Family == ModelFamily.NativeAudio25 ? $"function-call-{number}" : $"fc_{number}";
    }

    public void Open(string id, string name) => _open[id] = (name, BlockingFunctions.Contains(name));

    /// <summary>Remembers calls that were over when the session was resumed.</summary>
    public void Restore(IEnumerable<string> closed) => _closed.UnionWith(closed);

    /// <summary>The call a response answers: its id, or where it has none the oldest open call of the name.</summary>
    public string FindId(string id, string name) => id.Length > 0 ? id : _open.FirstOrDefault(call => call.Value.Name == name).Key ?? "";

    /// <summary>Whether an open call blocks the model.</summary>
    public bool IsBlocking(string id) => _open.TryGetValue(id, out var call) && call.IsBlocking;

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
    public IReadOnlyList<string> CancelBlocking() => Close(_open.Where(call => call.Value.IsBlocking).Select(call => call.Key));

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
