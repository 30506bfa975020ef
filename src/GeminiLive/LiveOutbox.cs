namespace GeminiLive;

/// <summary>Control messages on their way to the model: any thread adds, the send loop takes; kept while the connection is being replaced.</summary>
/// <remarks>Bounded: when 256 messages wait, the socket has been stuck for a long time and further ones are refused.</remarks>
internal sealed class LiveOutbox(Uplink uplink)
{
    private const int Capacity = 256;

    private readonly Lock _gate = new();
    private readonly List<byte[]> _messages = [];

    /// <summary>Messages that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _messages.Count;
        }
    }

    /// <summary>Adds a message and wakes the send loop; a message that already waits is not added again.</summary>
    public bool TryAdd(byte[] message)
    {
        lock (_gate)
        {
            if (_messages.Count >= Capacity)
                return false;
            if (!_messages.Contains(message))
                _messages.Add(message);
        }
        uplink.Wake();
        return true;
    }

    /// <summary>Puts messages before those that wait: what was said first is said again first.</summary>
    public void PutFirst(IReadOnlyList<byte[]> messages)
    {
        lock (_gate)
            _messages.InsertRange(0, messages.Where(message => !_messages.Contains(message)));
    }

    /// <summary>The oldest message, which stays until <see cref="Sent"/>: a message whose sending failed is sent again.</summary>
    public bool TryPeek(out byte[] message)
    {
        lock (_gate)
        {
            message = _messages.Count > 0 ? _messages[0] : [];
            return _messages.Count > 0;
        }
    }

    /// <summary>Takes out a message that was sent.</summary>
    public void Sent(byte[] message) => TryRemove(message);

    /// <summary>Takes out a message that shall not be sent any more.</summary>
    /// <returns>False when it does not wait.</returns>
    public bool TryRemove(byte[] message)
    {
        lock (_gate)
            return _messages.Remove(message);
    }

    /// <summary>Whether a message still waits.</summary>
    public bool Holds(byte[] message)
    {
        lock (_gate)
            return _messages.Contains(message);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
            _messages.Clear();
    }
}
