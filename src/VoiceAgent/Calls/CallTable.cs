using System.Collections.Concurrent;

namespace VoiceAgent.Calls;

/// <summary>The calls that are running: admission by number, and the way to wait for or end them all.</summary>
/// <remarks>Thread-safe. A call counts from its admission until its record is complete.</remarks>
/// <param name="maxCalls">Calls at once.</param>
/// <param name="allowance">What of it may be used now; null for all.</param>
internal sealed class CallTable(int maxCalls, LiveAllowance? allowance = null)
{
    private readonly ConcurrentDictionary<string, CallSession> _calls = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private int _maxCalls = maxCalls;
    private TaskCompletionSource _empty = Completed();
    private int _admitted;
    private bool _closed;
    private bool _paused;

    /// <summary>Calls that are running.</summary>
    public int Count { get { lock (_gate) return _admitted; } }

    /// <summary>Places there are; calls that run keep theirs when there are fewer.</summary>
    public int MaxCalls
    {
        get { lock (_gate) return _maxCalls; }
        set { lock (_gate) _maxCalls = value; }
    }

    /// <summary>Whether a further call may come in.</summary>
    public bool HasRoom { get { lock (_gate) return !_closed && !_paused && _admitted < Limit; } }

    /// <summary>Whether <see cref="Close"/> was called.</summary>
    public bool IsClosed { get { lock (_gate) return _closed; } }

    /// <summary>Whether no further call is taken however few there are: for good, or until <see cref="Resume"/>.</summary>
    public bool IsDraining { get { lock (_gate) return _closed || _paused; } }

    /// <summary>The running calls at this moment.</summary>
    public ICollection<CallSession> Running => _calls.Values;

    /// <summary>Takes one of the places; false when there is none or the table is closed.</summary>
    public bool TryAdmit()
    {
        lock (_gate)
        {
            if (_closed || _paused || _admitted >= Limit)
                return false;
            if (_admitted++ == 0)
                _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>Makes an admitted call known.</summary>
    public void Add(CallSession session) => _calls[session.CallId] = session;

    /// <summary>Gives an admitted call's place back.</summary>
    public void Remove(string callId)
    {
        _calls.TryRemove(callId, out _);
        Release();
    }

    /// <summary>Gives a place back that nobody is known by.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (--_admitted == 0)
                _empty.TrySetResult();
        }
    }

    /// <summary>Admits no further call.</summary>
    public void Close()
    {
        lock (_gate)
            _closed = true;
    }

    /// <summary>Admits no further call until <see cref="Resume"/>.</summary>
    public void Pause()
    {
        lock (_gate)
            _paused = true;
    }

    /// <summary>Takes a <see cref="Pause"/> back.</summary>
    public void Resume()
    {
        lock (_gate)
            _paused = false;
    }

    /// <summary>Completes when no call is running.</summary>
    public Task WhenEmpty()
    {
        lock (_gate)
            return _empty.Task;
    }

    private int Limit => allowance is null ? _maxCalls : Math.Min(_maxCalls, allowance.Sessions);

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
