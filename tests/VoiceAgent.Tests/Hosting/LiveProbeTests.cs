using GeminiLive;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Simulation.Live;
using Support;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.Hosting;

/// <summary>A27: a Live service that serves again is noticed although no call asks it, soon, and without being hammered.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class LiveProbeTests
{
    private readonly Quiescence _quiescence = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly CallTable _calls = new(maxCalls: 1);

    [Fact]
    public async Task Service_that_is_back_is_noticed_within_two_seconds()
    {
        await using var server = SimulatedLive.Create(new SimulatedLiveOptions(), _clock);
        var live = Factory(server);
        server.Faults.RefuseWithStatus = 503;
        await FailAsync(live);
        Assert.True(live.IsDown);
        Assert.Single(live.TargetsDown);
        using var probe = new LiveProbe(live, _calls, _clock, NullLogger<LiveProbe>.Instance);
        await probe.StartAsync(CancellationToken.None);

        Pass(TimeSpan.FromSeconds(10));
        Assert.True(live.IsDown);
        Assert.InRange(server.ConnectionAttempts, 6, 5 + 2 * 11);   // A16: two a second at most while it is down

        server.Faults.RefuseWithStatus = null;
        Pass(TimeSpan.FromSeconds(2));
        Assert.False(live.IsDown);
        Assert.Empty(live.TargetsDown);

        var attempts = server.ConnectionAttempts;
        Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(attempts, server.ConnectionAttempts);
        await probe.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task While_there_are_calls_they_find_out_themselves()
    {
        await using var server = SimulatedLive.Create(new SimulatedLiveOptions(), _clock);
        var live = Factory(server);
        server.Faults.RefuseWithStatus = 503;
        await FailAsync(live);
        Assert.True(_calls.TryAdmit());
        using var probe = new LiveProbe(live, _calls, _clock, NullLogger<LiveProbe>.Instance);
        await probe.StartAsync(CancellationToken.None);
        var attempts = server.ConnectionAttempts;
        Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(attempts, server.ConnectionAttempts);
        await probe.StopAsync(CancellationToken.None);
    }

    private LiveClientFactory Factory(SimulatedLive server)
    {
        var options = new LiveOptions { ApiKey = "test", Endpoint = $"{server.Endpoint.Scheme}://{server.Endpoint.Authority}" };
        return new LiveClientFactory(Options.Create(options), new MemoryConnector(server), _clock, NullLogger<LiveClient>.Instance);
    }

    // As calls do: two attempts each, until it counts as down.
    private async Task FailAsync(LiveClientFactory live)
    {
        for (var i = 0; i < 5 && !live.IsDown; i++)
        {
            var probe = live.ProbeAsync(CancellationToken.None);
            for (var waited = 0; !probe.IsCompleted && waited < 1_000; waited++)
                Pass(TimeSpan.FromMilliseconds(20));
            Assert.False(await probe);
        }
    }

    // Between two steps of the clock all that could happen has happened.
    private void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMilliseconds(20))
        {
            _quiescence.Wait();
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            _quiescence.Wait();
        }
    }
}
