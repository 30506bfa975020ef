using Support;
using Telephony.Sip.Transactions;

namespace Telephony.Tests.Sip.Transactions;

public sealed class TimerQueueTests : ISignalingLoop
{
    private readonly ManualTimeProvider _clock = new();
    private readonly List<string> _fired = [];
    private bool _isFull;

    [Fact]
    public void Timers_fire_in_order_of_time_and_of_start()
    {
        using var timers = new TimerQueue(_clock, this);
        timers.Start(TimeSpan.FromSeconds(3), () => _fired.Add("late"), "");
        timers.Start(TimeSpan.FromSeconds(1), () => _fired.Add("first"), "");
        timers.Start(TimeSpan.FromSeconds(1), () => _fired.Add("second"), "");

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["first", "second"], _fired);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["first", "second", "late"], _fired);
    }

    [Fact]
    public void Cancelled_timer_does_not_fire_and_lets_go_of_its_work()
    {
        using var timers = new TimerQueue(_clock, this);
        var timer = timers.Start(TimeSpan.FromSeconds(1), () => _fired.Add("cancelled"), "");

        timer.Cancel();
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty(_fired);
        Assert.Null(timer.Callback);
        Assert.Equal(0, _clock.ActiveTimers);
    }

    [Fact]
    public void Work_of_a_timer_may_start_and_cancel_others()
    {
        using var timers = new TimerQueue(_clock, this);
        SignalingTimer? doomed = null;
        timers.Start(TimeSpan.FromSeconds(1), () =>
        {
            doomed!.Cancel();
            timers.Start(TimeSpan.FromSeconds(1), () => _fired.Add("chained"), "");
        }, "");
        doomed = timers.Start(TimeSpan.FromSeconds(1), () => _fired.Add("doomed"), "");

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["chained"], _fired);
    }

    [Fact]
    public void Timer_is_late_but_not_lost_when_the_loop_is_full()
    {
        using var timers = new TimerQueue(_clock, this);
        timers.Start(TimeSpan.FromSeconds(1), () => _fired.Add("patient"), "");
        _isFull = true;
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(_fired);

        _isFull = false;
        _clock.Advance(TimeSpan.FromMilliseconds(20));

        Assert.Equal(["patient"], _fired);
    }

    bool ISignalingLoop.TryPost(Action work, string? sipCallId)
    {
        if (!_isFull)
            work();
        return !_isFull;
    }

    void ISignalingLoop.Run(Action work, string? sipCallId) => work();
}
