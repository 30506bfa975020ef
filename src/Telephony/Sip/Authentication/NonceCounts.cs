namespace Telephony.Sip.Authentication;

/// <summary>How often each nonce has been used, so that no proof is good twice (RFC 7616 section 3.4, <c>nc</c>).</summary>
/// <remarks>Owned by the signalling loop. Holds nonces that came with a right proof only, and no more than its capacity: when one is given up, everything
/// as old as it is refused from then on, so that forgetting never lets a replay in.</remarks>
internal sealed class NonceCounts(TimeProvider timeProvider, TimeSpan lifetime, int capacity)
{
    private readonly Dictionary<string, uint> _counts = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, long> _byAge = new();
    private long _floor = long.MinValue;

    /// <summary>Nonces remembered.</summary>
    public int Count => _counts.Count;

    /// <summary>Uses a nonce: true if it is young enough and the count has grown.</summary>
    /// <param name="nonce">One of ours.</param>
    /// <param name="issued">When it was made, as the time provider's timestamp.</param>
    /// <param name="count">1 for the first use.</param>
    public bool TryUse(string nonce, long issued, uint count)
    {
        Forget();
        if (issued <= _floor || timeProvider.GetElapsedTime(issued) > lifetime)
            return false;
        if (_counts.TryGetValue(nonce, out var used) ? count <= used : !TryRemember(nonce, issued))
            return false;
        _counts[nonce] = count;
        return true;
    }

    private bool TryRemember(string nonce, long issued)
    {
        if (_counts.Count == capacity)
            GiveUpOldest();
        if (issued <= _floor)
            return false;
        _byAge.Enqueue(nonce, issued);
        return true;
    }

    private void Forget()
    {
        while (_byAge.TryPeek(out var nonce, out var issued) && timeProvider.GetElapsedTime(issued) > lifetime)
        {
            _byAge.Dequeue();
            _counts.Remove(nonce);
        }
    }

    private void GiveUpOldest()
    {
        if (!_byAge.TryDequeue(out var nonce, out var issued))
            return;
        _counts.Remove(nonce);
        _floor = Math.Max(_floor, issued);
    }
}
