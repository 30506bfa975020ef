namespace VoiceAgent.Calls;

/// <summary>How many calls may run here at once, of the Live sessions that several nodes share: what <see cref="CallTable"/> admits no further call beyond.</summary>
/// <remarks>Any thread. It ends by itself when nobody renews it in time, since others may have been given it then. Both of the machine's clocks are asked: one of them may stand still while a virtual machine is suspended.</remarks>
internal sealed class LiveAllowance(TimeProvider time)
{
    private readonly Lock _gate = new();
    private int _granted;
    private Moment _asked;
    private TimeSpan _lasts;

    /// <summary>Calls that may run now; 0 when it has ended.</summary>
    public int Sessions
    {
        get
        {
            lock (_gate)
                return IsOver ? 0 : _granted;
        }
    }

    /// <summary>This moment, by both clocks.</summary>
    public Moment Now => new(time.GetTimestamp(), time.GetUtcNow());

    /// <summary>What was granted last, whether it has ended or not.</summary>
    public int Granted
    {
        get
        {
            lock (_gate)
                return _granted;
        }
    }

    /// <summary>Takes what was granted.</summary>
    /// <param name="sessions">Calls that may run.</param>
    /// <param name="asked">When it was asked for, not when it came: it counts from some moment after that.</param>
    /// <param name="lasts">For how long.</param>
    public void Grant(int sessions, Moment asked, TimeSpan lasts)
    {
        lock (_gate)
            (_granted, _asked, _lasts) = (sessions, asked, lasts);
    }

    /// <summary>Admits no more from now on than this: to be called before others are given the rest.</summary>
    public void Lower(int sessions)
    {
        lock (_gate)
            _granted = Math.Min(_granted, sessions);
    }

    private bool IsOver => time.GetElapsedTime(_asked.Timestamp) >= _lasts || time.GetUtcNow() - _asked.Utc >= _lasts;

    /// <summary>A moment by the clock that never goes back, and by the one that does.</summary>
    public readonly record struct Moment(long Timestamp, DateTimeOffset Utc);
}
