using Support;

namespace GeminiLive.Tests;

public sealed class LiveBreakerTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly LiveBreaker _breaker;

    public LiveBreakerTests() => _breaker = new LiveBreaker(_clock);

    [Fact]
    public void Five_failures_within_ten_seconds_open_it()
    {
        Fail(4);
        _clock.Advance(TimeSpan.FromSeconds(10.1));
        Fail(4);
        Assert.False(_breaker.IsOpen);
        _clock.Advance(TimeSpan.FromSeconds(9));
        Fail(1);
        Assert.True(_breaker.IsOpen);
        Assert.False(_breaker.WhenClosed().IsCompleted);
    }

    [Fact]
    public void Young_outage_is_probed_twice_a_second_and_an_old_one_every_five_seconds()
    {
        Fail(5);
        Assert.Equal(59, ProbesIn(TimeSpan.FromSeconds(30)));
        Assert.InRange(ProbesIn(TimeSpan.FromMinutes(1)), 11, 12);
        Assert.True(_breaker.IsOpen);
    }

    [Fact]
    public void Success_lets_everybody_in_at_once()
    {
        Fail(5);
        var waiting = _breaker.WhenClosed();
        Assert.False(_breaker.TryEnter(out _));
        _breaker.Succeeded();

        Assert.True(waiting.IsCompleted);
        Assert.True(_breaker.TryEnter(out _));
        Assert.True(_breaker.TryEnter(out _));
        Fail(4);
        Assert.False(_breaker.IsOpen);
    }

    [Fact]
    public void Gate_keeps_one_breaker_per_target_and_hears_of_no_refusal()
    {
        var gate = new LiveConnectGate(_clock);
        var options = new LiveOptions { ApiKey = "k", Endpoint = "ws://a/path" };
        options.Fallbacks.Add(new LiveFallbackOptions { ApiKey = "spare" });
        var targets = TestSession.For(options).Targets;
        var otherModel = TestSession.For(options, new LiveSessionSettings { Model = "gemini-3.1-flash-live-preview" }).Targets[0];
        Assert.Same(gate.For(targets[0]), gate.For(TestSession.For(options).Targets[0]));
        for (var i = 0; i < 10; i++)
            gate.Report(targets[0], new LiveFailure(LiveFailureKind.Refused, 1007, ""));
        Assert.Equal(0, gate.Counts.OpenBreakers);
        for (var i = 0; i < 5; i++)
            gate.Report(targets[0], new LiveFailure(LiveFailureKind.QuotaSpent, 429, ""));
        Assert.True(gate.For(targets[0]).IsOpen);
        Assert.False(gate.For(targets[1]).IsOpen);   // same address, another key
        Assert.False(gate.For(otherModel).IsOpen);
        gate.Report(targets[1], failure: null);
        Assert.Equal(new LiveConnectCounts(Attempts: 16, Failures: 15, Fallbacks: 1, BreakerOpenings: 1, OpenBreakers: 1), gate.Counts);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
            _breaker.Failed();
    }

    private int ProbesIn(TimeSpan time)
    {
        var probes = 0;
        for (var end = _clock.GetTimestamp() + time.Ticks; _clock.GetTimestamp() < end;)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            if (_breaker.TryEnter(out _))
            {
                probes++;
                _breaker.Failed();
            }
        }
        return probes;
    }
}
