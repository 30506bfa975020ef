namespace Support;

/// <summary>A clock that stands still until told: timers fire inside <see cref="Advance"/>, in order, on the caller's thread.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _ticks;
    private long _sequence;

    /// <summary>Timers that are armed.</summary>
    public int ActiveTimers { get { lock (_gate) return _timers.Count; } }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => _start + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock, firing every timer that falls due at its own moment.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetTimestamp() + by.Ticks;
        while (NextDue(end) is { } timer)
            timer.Fire();
        Interlocked.Exchange(ref _ticks, end);
    }

    /// <summary>Moves the clock as a process sees it that was stopped meanwhile: timers that fell due fire afterwards, late.</summary>
    public void Jump(TimeSpan by)
    {
        var end = Interlocked.Add(ref _ticks, by.Ticks);
        while (NextDue(end) is { } timer)
            timer.Fire();
    }

    private ManualTimer? NextDue(long end)
    {
        lock (_gate)
        {
            var next = _timers.Where(t => t.DueTicks <= end).OrderBy(t => t.DueTicks).ThenBy(t => t.Sequence).FirstOrDefault();
            if (next is not null)
                Interlocked.Exchange(ref _ticks, Math.Max(_ticks, next.DueTicks));
            return next;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public long DueTicks { get; private set; }

        public long Sequence { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                    Arm(dueTime);
                return true;
            }
        }

        public void Fire()
        {
            lock (clock._gate)
            {
                if (!clock._timers.Remove(this))
                    return;
                if (_period > TimeSpan.Zero)
                    Arm(_period);
            }
            callback(state);
        }

        public void Dispose()
        {
            lock (clock._gate)
                clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan dueTime)
        {
            DueTicks = clock.GetTimestamp() + dueTime.Ticks;
            Sequence = clock._sequence++;
            clock._timers.Add(this);
        }
    }
}
