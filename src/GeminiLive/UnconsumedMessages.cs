namespace GeminiLive;

/// <summary>Vertex' transparent resumption: numbers what is sent, and keeps the written words that the last handle does not hold yet, to be said again after a resume.</summary>
/// <remarks>
/// Any thread. Audio is counted but not kept, since a stale replay confuses the service, and results of functions have a table of their own
/// (<see cref="LiveToolCalls"/>). Keeps nothing where the mode is off. Bounded: beyond 256 messages the oldest are forgotten.
/// </remarks>
/// <param name="isTransparent">Whether the target at hand works in this mode.</param>
internal sealed class UnconsumedMessages(Func<bool> isTransparent)
{
    private const int Capacity = 256;

    private readonly Lock _gate = new();
    private readonly List<(long Index, byte[] Message)> _kept = [];
    private long _sent;

    /// <summary>A message goes out; the setup is number 0 and not counted here.</summary>
    public void Count()
    {
        lock (_gate)
            _sent++;
    }

    /// <summary>Keeps the message that goes out next, if it is one to be said again.</summary>
    public void Keep(byte[] message)
    {
        if (!isTransparent() || !IsWords(message))
            return;
        lock (_gate)
        {
            _kept.Add((_sent + 1, message));
            if (_kept.Count > Capacity)
                _kept.RemoveAt(0);
        }
    }

    /// <summary>A handle was issued that holds all messages up to this number.</summary>
    public void Consumed(long index)
    {
        lock (_gate)
            _kept.RemoveAll(kept => kept.Index <= index);
    }

    /// <summary>Messages that somebody else says again.</summary>
    public void Forget(IReadOnlyList<byte[]> messages)
    {
        lock (_gate)
            _kept.RemoveAll(kept => messages.Contains(kept.Message));
    }

    /// <summary>There is a new connection, on which numbers begin anew.</summary>
    /// <returns>What its session has not been told, oldest first.</returns>
    public IReadOnlyList<byte[]> Reopen()
    {
        lock (_gate)
        {
            byte[][] rest = [.. _kept.Select(kept => kept.Message)];
            _kept.Clear();
            _sent = 0;
            return rest;
        }
    }

    private static bool IsWords(ReadOnlySpan<byte> message) =>
        message.StartsWith("""{"clientContent":"""u8) || message.StartsWith("""{"realtimeInput":{"text":"""u8);
}
