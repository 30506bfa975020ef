using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Simulation.Phone;
using VoiceAgent.Calls;

namespace EndToEnd.Tests;

/// <summary>SIGTERM: no new calls, running calls finish within the grace period, then BYE.</summary>
public sealed class ShutdownTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_running_call_may_finish_while_new_ones_get_503()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Calls:DrainGrace", "00:00:10"));
        await using var caller = await ConversationTests.Dial(agent);
        var stopping = agent.StopAsync();

        await using var second = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri });
        Assert.Equal((EndedBy.Refused, 503), (second.End!.By, second.End.StatusCode));
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        Assert.False(stopping.IsCompleted);

        await caller.HangUpAsync();
        await stopping.WaitAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(agent.Records).EndReason);
    }

    [Fact]
    public async Task While_it_lets_calls_finish_http_says_so()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Calls:DrainGrace", "00:00:30"));
        await using var caller = await ConversationTests.Dial(agent);
        var stopping = agent.StopAsync();

        using var http = new HttpClient { BaseAddress = agent.Http, Timeout = Soon };
        using var ready = await http.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("draining", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var live = await http.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        await caller.HangUpAsync();
        await stopping.WaitAsync(Soon);
    }

    [Fact]
    public async Task A_request_that_does_not_end_holds_the_stop_up_for_a_bounded_time_only()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Calls:DrainGrace", "00:00:30"));
        var limit = agent.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
        Assert.InRange(limit, TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task After_the_grace_period_the_call_is_ended_with_bye()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Calls:DrainGrace", "00:00:00.500"));
        await using var caller = await ConversationTests.Dial(agent);
        await agent.StopAsync().WaitAsync(Soon);
        Assert.Equal(EndedBy.Agent, (await caller.WaitForEndAsync(Soon))?.By);
        Assert.Equal(EndReason.ServiceStopping, Assert.Single(agent.Records).EndReason);
    }

    [Fact]
    public async Task At_the_call_limit_the_next_caller_gets_503_and_the_place_comes_back()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Calls:MaxCalls", "1"));
        await using var first = await ConversationTests.Dial(agent);
        await using var second = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri });
        Assert.Equal(503, second.End!.StatusCode);
        await first.HangUpAsync();
        await agent.WhenIdleAsync();
        await using var third = await ConversationTests.Dial(agent);
    }
}
