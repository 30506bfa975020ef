using System.Collections.Concurrent;

namespace GeminiLive;

/// <summary>Control messages on their way to the model: any thread adds, the send loop takes; kept while the connection is being replaced.</summary>
/// <remarks>Bounded: when 256 messages wait, the socket has been stuck for a long time and further ones are refused.</remarks>
internal sealed class LiveOutbox(Uplink uplink)
{
    private const int Capacity = 256;

    private readonly ConcurrentQueue<byte[]> _messages = new();

    /// <summary>Adds a message and wakes the send loop; a message that already waits is not added again.</summary>
    public bool TryAdd(byte[] message)
    {
        if (_messages.Count >= Capacity)
            return false;
        if (!_messages.Contains(message))
            _messages.Enqueue(message);
        uplink.Wake();
        return true;
    }

    /// <summary>The oldest message, which stays until <see cref="Sent"/>: a message whose sending failed is sent again.</summary>
    public bool TryPeek(out byte[] message) => _messages.TryPeek(out message!);

    /// <summary>Takes the oldest message out.</summary>
    public void Sent() => _messages.TryDequeue(out _);

    /// <summary>Forgets everything.</summary>
    public void Clear() => _messages.Clear();
}
