using Support;

namespace GeminiLive.Tests;

/// <summary>A clock for one loop that rests by setting a timer again: it moves on to the timer's end when the loop comes to rest, on the loop's own thread, so that nothing happens while it moves.</summary>
/// <remarks>The loop stands still, wherever it rests, until the test lets it run; so the test has its state to itself.</remarks>
internal sealed class LoopClock : TimeProvider, IDisposable
{
    private const int MostRests = 1_000;

    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);

    private readonly ManualTimeProvider _clock = new();
    private readonly SemaphoreSlim _mayRun = new(0);
    private readonly SemaphoreSlim _stands = new(0);
    private volatile Func<bool> _until = () => true;
    private volatile bool _isStopped;
    private bool _hasStood;
    private int _rests;

    public override long TimestampFrequency => _clock.TimestampFrequency;

    /// <summary>How far the clock has moved.</summary>
    public double ElapsedS => TimeSpan.FromTicks(_clock.GetTimestamp()).TotalSeconds;

    public override long GetTimestamp() => _clock.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    // Time-outs are set when they are made; the loop's timer is not.
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _clock.CreateTimer(callback, state, dueTime, period);
        return dueTime == Timeout.InfiniteTimeSpan ? new LoopTimer(this, timer) : timer;
    }

    /// <summary>Lets the loop run until it rests and the condition holds; it looks once before the clock moves.</summary>
    public async Task RunUntil(Func<bool> condition)
    {
        if (!_hasStood)
            await StandAsync();
        _hasStood = true;
        if (condition())
            return;
        _until = condition;
        _mayRun.Release();
        await StandAsync();
        Assert.True(condition(), $"the loop has rested {MostRests} times");
    }

    /// <summary>Lets the loop run, and holds it up no more.</summary>
    public void Stop()
    {
        _isStopped = true;
        _mayRun.Release();
    }

    public void Dispose()
    {
        _mayRun.Dispose();
        _stands.Dispose();
    }

    private async Task StandAsync() => Assert.True(await _stands.WaitAsync(Enough), "the loop has not come to rest");

    private void Rest(ITimer timer, TimeSpan dueTime)
    {
        if (_isStopped)
            return;
        if (!_until() && ++_rests <= MostRests)
        {
            _clock.Advance(dueTime);
            return;
        }
        _rests = 0;
        _stands.Release();
        _mayRun.Wait();
        timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.Zero);
    }

    private sealed class LoopTimer(LoopClock clock, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var isChanged = timer.Change(dueTime, period);
            clock.Rest(timer, dueTime);
            return isChanged;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
