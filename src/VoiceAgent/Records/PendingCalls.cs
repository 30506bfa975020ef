namespace VoiceAgent.Records;

/// <summary>What waits to be written of all calls: calls' loops -> the writer's loop.</summary>
/// <remarks>Any thread; a lock is held for a few moves of memory only. Bounded by memory: what finds no room is refused.</remarks>
/// <param name="maxBytes">About how much memory what waits may take, in bytes.</param>
internal sealed class PendingCalls(long maxBytes)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, PendingCall> _calls = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly List<string> _writing = [];
    private long _bytes;

    /// <summary>Calls of which something waits, or is being written.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _calls.Count + _writing.Count;
        }
    }

    /// <summary>The keys of these calls.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_gate)
                return [.. _calls.Keys, .. _writing];
        }
    }

    /// <summary>Adds what is new of a call; false when there is no room for it.</summary>
    /// <param name="news">What is new.</param>
    /// <param name="reserve">How much beyond the limit this may take, in bytes.</param>
    public bool TryAdd(PendingCall news, long reserve = 0)
    {
        lock (_gate)
        {
            if (_bytes + news.Bytes > maxBytes + reserve)
                return false;
            Add(news);
            return true;
        }
    }

    /// <summary>Hands out what has waited longest; its memory counts until <see cref="Release"/>.</summary>
    public List<PendingCall> Take(int most)
    {
        lock (_gate)
        {
            List<PendingCall> taken = [];
            while (taken.Count < most && _order.TryDequeue(out var key))
            {
                _calls.Remove(key, out var call);
                taken.Add(call!);
            }
            foreach (var call in taken)
                _writing.Add(call.Key);
            return taken;
        }
    }

    /// <summary>What was taken has been written, or is given up.</summary>
    public void Release(IReadOnlyCollection<PendingCall> taken)
    {
        lock (_gate)
        {
            _writing.Clear();   // one batch at a time
            foreach (var call in taken)
                _bytes -= call.Bytes;
        }
    }

    /// <summary>What was taken could not be written, and waits on behind the others.</summary>
    public void PutBack(IReadOnlyCollection<PendingCall> taken)
    {
        lock (_gate)
        {
            _writing.Clear();   // one batch at a time
            foreach (var call in taken)
            {
                _bytes -= call.Bytes;
                if (_calls.TryGetValue(call.Key, out var later))
                {
                    _bytes -= later.Bytes;
                    call.Merge(later);
                    _calls[call.Key] = call;
                    _bytes += call.Bytes;
                }
                else
                {
                    Add(call);
                }
            }
        }
    }

    private void Add(PendingCall news)
    {
        if (_calls.TryGetValue(news.Key, out var waiting))
        {
            _bytes -= waiting.Bytes;
            waiting.Merge(news);
            _bytes += waiting.Bytes;
            return;
        }
        _calls.Add(news.Key, news);
        _order.Enqueue(news.Key);
        _bytes += news.Bytes;
    }
}
