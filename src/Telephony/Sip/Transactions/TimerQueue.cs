namespace Telephony.Sip.Transactions;

/// <summary>The signalling loop as timers see it.</summary>
internal interface ISignalingLoop
{
    /// <summary>Queues work; any thread. False when the queue is full.</summary>
    /// <param name="work">Runs on the loop.</param>
    /// <param name="sipCallId">The call that fails if the work throws.</param>
    bool TryPost(Action work, string? sipCallId);

    /// <summary>Runs work now, on the loop: an exception is logged and fails that call only.</summary>
    void Run(Action work, string? sipCallId);
}

/// <summary>A timer of a transaction or dialog, from <see cref="TimerQueue.Start"/>.</summary>
internal sealed class SignalingTimer(Action callback, string sipCallId)
{
    /// <summary>The call it belongs to.</summary>
    public string SipCallId { get; } = sipCallId;

    /// <summary>What is to be done; null when cancelled or done.</summary>
    public Action? Callback { get; private set; } = callback;

    /// <summary>Makes sure that the callback is not called any more.</summary>
    public void Cancel() => Callback = null;
}

/// <summary>All timers of the signalling loop, on one timer of the system.</summary>
/// <remarks>Owned by the loop. A cancelled timer stays queued until it is the next one, but lets go of what it refers to.</remarks>
internal sealed class TimerQueue : IDisposable
{
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan RetryWhenFull = TimeSpan.FromMilliseconds(10);

    private readonly PriorityQueue<SignalingTimer, (TimeSpan Due, long Order)> _timers = new();
    private readonly TimeProvider _timeProvider;
    private readonly ISignalingLoop _loop;
    private readonly ITimer _wakeUp;
    private readonly long _origin;
    private TimeSpan _armedFor = TimeSpan.MaxValue;
    private long _order;

    public TimerQueue(TimeProvider timeProvider, ISignalingLoop loop)
    {
        _timeProvider = timeProvider;
        _loop = loop;
        _origin = timeProvider.GetTimestamp();
        _wakeUp = timeProvider.CreateTimer(_ => OnWakeUp(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Monotonic time since the queue was made.</summary>
    public TimeSpan Now => _timeProvider.GetElapsedTime(_origin);

    /// <summary>Calls back on the loop after <paramref name="due"/>, unless cancelled before.</summary>
    public SignalingTimer Start(TimeSpan due, Action callback, string sipCallId)
    {
        var timer = new SignalingTimer(callback, sipCallId);
        _timers.Enqueue(timer, (Now + due, _order++));
        Arm();
        return timer;
    }

    public void Dispose() => _wakeUp.Dispose();

    private void OnWakeUp()
    {
        if (!_loop.TryPost(RunDue, sipCallId: null))
            _wakeUp.Change(RetryWhenFull, Timeout.InfiniteTimeSpan);
    }

    private void RunDue()
    {
        _armedFor = TimeSpan.MaxValue;
        while (_timers.TryPeek(out var timer, out var at) && at.Due <= Now)
        {
            _timers.Dequeue();
            var callback = timer.Callback;
            timer.Cancel();
            if (callback is not null)
                _loop.Run(callback, timer.SipCallId);
        }
        Arm();
    }

    private void Arm()
    {
        while (_timers.TryPeek(out var first, out _) && first.Callback is null)
            _timers.Dequeue();
        if (!_timers.TryPeek(out _, out var next) || next.Due >= _armedFor)
            return;
        _armedFor = next.Due;
        var wait = next.Due - Now;
        _wakeUp.Change(wait > Resolution ? wait : Resolution, Timeout.InfiniteTimeSpan);
    }
}
