namespace GeminiLive;

/// <summary>Control messages on their way to the model: any thread adds, the send loop takes; kept while the connection is being replaced.</summary>
/// <remarks>
/// Bounded: when 256 messages wait, the socket has been stuck for a long time and further ones are refused. What has no one form for all models is
/// written when its turn comes: the connection may be one to another model by then.
/// </remarks>
internal sealed class LiveOutbox(Uplink uplink, Func<LiveModelProfile> profile)
{
    private const int Capacity = 256;

    private readonly Lock _gate = new();
    private readonly List<Waiting> _messages = [];

    /// <summary>Messages that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _messages.Count;
        }
    }

    /// <summary>Adds a message and wakes the send loop.</summary>
    public bool TryAdd(byte[] message) => TryAdd(new Waiting { Message = message });

    /// <summary>Adds a message that is written for the model which it is sent to; one that already waits is not added again.</summary>
    public bool TryAdd(Func<LiveModelProfile, byte[]> write) => TryAdd(new Waiting { Write = write });

    /// <summary>Puts messages before those that wait: what was said first is said again first.</summary>
    public void PutFirst(IReadOnlyList<byte[]> messages)
    {
        lock (_gate)
            _messages.InsertRange(0, messages.Where(message => !_messages.Exists(waiting => waiting.Message == message)).Select(message => new Waiting { Message = message }));
    }

    /// <summary>The oldest message, which stays until <see cref="Sent"/>: a message whose sending failed is sent again.</summary>
    public bool TryPeek(out byte[] message)
    {
        lock (_gate)
        {
            message = [];
            if (_messages.Count == 0)
                return false;
            var first = _messages[0];
            message = first.Message = first.Write?.Invoke(profile()) ?? first.Message;
            return true;
        }
    }

    /// <summary>Takes out a message that was sent.</summary>
    public void Sent(byte[] message) => TryRemove(message);

    /// <summary>Takes out a message that shall not be sent any more.</summary>
    /// <returns>False when it does not wait.</returns>
    public bool TryRemove(byte[] message)
    {
        lock (_gate)
            return _messages.RemoveAll(waiting => waiting.Message == message) > 0;
    }

    /// <summary>Whether a message still waits.</summary>
    public bool Holds(byte[] message)
    {
        lock (_gate)
            return _messages.Exists(waiting => waiting.Message == message);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
            _messages.Clear();
    }

    private bool TryAdd(Waiting message)
    {
        lock (_gate)
        {
            if (_messages.Count >= Capacity)
                return false;
            if (message.Write is null || !_messages.Exists(waiting => waiting.Write == message.Write))
                _messages.Add(message);
        }
        uplink.Wake();
        return true;
    }

    private sealed class Waiting
    {
        public byte[] Message { get; set; } = [];

        public Func<LiveModelProfile, byte[]>? Write { get; init; }
    }
}
