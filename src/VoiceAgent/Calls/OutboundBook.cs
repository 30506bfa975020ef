namespace VoiceAgent.Calls;

/// <summary>What is known of the calls that we make: those that run, and the latest that are over.</summary>
/// <remarks>Thread-safe; bounded: the oldest is forgotten first.</remarks>
internal sealed class OutboundBook(int capacity = 1_000)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, OutboundStatus> _known = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Keeps the latest state of a call.</summary>
    public void Keep(OutboundStatus status)
    {
        lock (_gate)
        {
            if (!_known.ContainsKey(status.Id))
                _order.Enqueue(status.Id);
            _known[status.Id] = status;
            while (_order.Count > capacity)
                _known.Remove(_order.Dequeue());
        }
    }

    /// <summary>The call of that id; null when it is not known (any more).</summary>
    public OutboundStatus? Find(string id)
    {
        lock (_gate)
            return _known.GetValueOrDefault(id);
    }
}
