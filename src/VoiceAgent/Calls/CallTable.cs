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
    private readonly List<IntakeStop> _stops = [];

    /// <summary>Calls that are running.</summary>
    public int Count { get { lock (_gate) return _admitted; } }

    /// <summary>Places there are; calls that run keep theirs when there are fewer.</summary>
    public int MaxCalls
    {
        get { lock (_gate) return _maxCalls; }
        set { lock (_gate) _maxCalls = value; }
    }

    /// <summary>Whether a further call may come in.</summary>
    public bool HasRoom { get { lock (_gate) return !_closed && _stops.Count == 0 && _admitted < Limit; } }

    /// <summary>Whether <see cref="Close"/> was called.</summary>
    public bool IsClosed { get { lock (_gate) return _closed; } }

    /// <summary>Whether no further call is taken however few there are: for good, or until <see cref="Resume()"/>.</summary>
    public bool IsDraining { get { lock (_gate) return _closed || _stops.Count > 0; } }

    /// <summary>The running calls at this moment.</summary>
    public ICollection<CallSession> Running => _calls.Values;

    /// <summary>Takes one of the places; false when there is none or the table is closed.</summary>
    public bool TryAdmit()
    {
        lock (_gate)
        {
            if (_closed || _stops.Count > 0 || _admitted >= Limit)
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

    /// <summary>Who has stopped the intake, one stop each, the first of them first; none when nobody has, or the table is closed for good.</summary>
    public IReadOnlyList<IntakeStop> Stops { get { lock (_gate) return _closed ? [] : [.. _stops]; } }

    /// <summary>Admits no further call until <see cref="Resume()"/>; who has stopped it already has done so since then.</summary>
    public void Pause(IntakeStop stop)
    {
        lock (_gate)
        {
            if (!_stops.Exists(other => other.By == stop.By))
                _stops.Add(stop);
        }
    }

    /// <summary>Takes every <see cref="Pause"/> back, whose it may be.</summary>
    public void Resume()
    {
        lock (_gate)
            _stops.Clear();
    }

    /// <summary>Takes one's own <see cref="Pause"/> back; those of others stand.</summary>
    /// <param name="by">Whose.</param>
    /// <returns>Whether none is left.</returns>
    public bool Resume(string by)
    {
        lock (_gate)
        {
            _stops.RemoveAll(stop => stop.By == by);
            return _stops.Count == 0;
        }
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

/// <summary>Somebody has no further calls taken.</summary>
/// <param name="By">Who: a user of the console, or by which way.</param>
/// <param name="Since">Since when.</param>
internal sealed record IntakeStop(string By, DateTimeOffset Since);
