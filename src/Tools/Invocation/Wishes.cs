namespace Tools.Invocation;

/// <summary>What the model has asked for in one call: the work of each wish, for as long as a repetition shares it, and what the caller was asked to confirm.</summary>
/// <remarks>Guarded by the lock of its <see cref="CallTools"/>; bounded, the oldest is forgotten first.</remarks>
internal sealed class Wishes(TimeProvider time)
{
    private const int MaxEnded = 32;
    private const int MaxAsked = 16;

    // A caller who agreed to something has not agreed to it for the rest of the call.
    private static readonly TimeSpan ConfirmationLife = TimeSpan.FromMinutes(3);

    private readonly Dictionary<string, (ToolWork Work, TimeSpan Window)> _works = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long AskedAt, bool HasCallerSpoken)> _asked = new(StringComparer.Ordinal);

    /// <summary>Work that the same wish has begun and that still counts; null for none.</summary>
    public ToolWork? Find(string wish)
    {
        Forget();
        return _works.TryGetValue(wish, out var known) ? known.Work : null;
    }

    /// <summary>Remembers work of a wish, while it runs and for a while after.</summary>
    public void Add(string wish, ToolWork work, TimeSpan window)
    {
        if (window > TimeSpan.Zero)
            _works[wish] = (work, window);
    }

    /// <summary>The work of a wish has ended: what did nothing does not count for a repetition, and what stands uses the caller's agreement up.</summary>
    public void Ended(string wish, ToolWork work, WorkEnd end)
    {
        if (end.Stands)
            _asked.Remove(wish);
        else if (_works.TryGetValue(wish, out var known) && known.Work == work)
            _works.Remove(wish);
    }

    /// <summary>Whether the model was told to ask the caller about this wish, and the agent has spoken and then the caller since; if not, they are to be asked now.</summary>
    /// <returns>Null when it may run; else words for the model.</returns>
    public string? Confirm(string wish, string tool)
    {
        var isAsked = _asked.TryGetValue(wish, out var asked) && time.GetElapsedTime(asked.AskedAt) < ConfirmationLife;
        if (isAsked)
            return asked.HasCallerSpoken ? null : ToolWords.ConfirmStill(tool);
        if (_asked.Count >= MaxAsked)
            _asked.Remove(_asked.MinBy(pair => pair.Value.AskedAt).Key);
        _asked[wish] = (time.GetTimestamp(), false);
        return ToolWords.ConfirmFirst(tool);
    }

    /// <summary>See <see cref="CallTools.CallerSpoke"/>.</summary>
    public void CallerSpoke(long agentHeardAt)
    {
        foreach (var (wish, asked) in _asked)
            _asked[wish] = asked with { HasCallerSpoken = asked.HasCallerSpoken || agentHeardAt > asked.AskedAt };
    }

    /// <summary>Forgets all: somebody else speaks from now on, who has asked for nothing and agreed to nothing.</summary>
    public void Clear()
    {
        _works.Clear();
        _asked.Clear();
    }

    private void Forget()
    {
        var ended = _works.Where(pair => pair.Value.Work.GoneAt is not null).OrderBy(pair => pair.Value.Work.GoneAt).ToList();
        for (var i = 0; i < ended.Count; i++)
        {
            var (wish, (work, window)) = ended[i];
            if (ended.Count - i > MaxEnded || time.GetElapsedTime(work.GoneAt!.Value) >= window)
                _works.Remove(wish);
        }
    }
}
