using Simulation.Live;
using Simulation.Phone;
using VoiceAgent.Calls;

namespace EndToEnd.Tests;

/// <summary>The Live side goes wrong; the caller is never left in an open, silent call.</summary>
public sealed class LiveLossTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_connection_that_breaks_is_resumed_and_the_conversation_goes_on_without_a_second_greeting()
    {
        await using var agent = await AgentUnderTest.StartAsync();
        await using var caller = await ConversationTests.Dial(agent);
        var first = await agent.Live.WaitForSessionAsync(1, Soon);
        await first.WaitForAsync(SessionEventKind.TurnCompleted, Soon);
        await first.WaitForAsync(SessionEventKind.HandleIssued, Soon);

        await first.AbortAsync();
        var second = await agent.Live.WaitForSessionAsync(2, Soon);
        await second.WaitForAsync(SessionEventKind.SetupCompleted, Soon);
        Assert.NotEqual("", second.ResumedHandle);
        // What is left of the greeting is not the answer: by the answer the session is known to be back.
        await caller.WaitForAgentSilenceAsync(TimeSpan.FromMilliseconds(500), Soon);
        await second.SayAsync("answer-hours");
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        Assert.DoesNotContain(second.Messages, message => message.Json.Contains("Greet them", StringComparison.Ordinal));
        await caller.HangUpAsync();
        Assert.Equal(1, Assert.Single(await agent.WaitForRecordsAsync(1)).LiveResumes);
    }

    [Fact]
    public async Task A_session_that_does_not_come_back_ends_with_a_spoken_apology_and_bye()
    {
        var agent = await AgentUnderTest.StartAsync(null, ("Live:ReconnectBudget", "00:00:02"));
        await using var stopping = agent;
        await using var caller = await ConversationTests.Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TurnCompleted, Soon);
        await caller.WaitForAgentSilenceAsync(TimeSpan.FromMilliseconds(500), Soon);

        await agent.Live.DisposeAsync();
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        var end = await caller.WaitForEndAsync(Soon);
        Assert.Equal(EndedBy.Agent, end?.By);
        Assert.Equal(EndReason.LiveLost, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    [Fact]
    public async Task A_refused_setup_is_503_before_the_answer()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { ApiKey = "another key" });
        await using var caller = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri });
        Assert.Equal((EndedBy.Refused, 503), (caller.End!.By, caller.End.StatusCode));
        Assert.Equal(EndReason.LiveSetupFailed, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    [Fact]
    public async Task A_refused_setup_is_apologised_for_where_that_is_configured()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { ApiKey = "another key" }, ("Calls:OnSetupFailure", "Apologise"));
        await using var caller = await ConversationTests.Dial(agent);
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        Assert.Equal(EndedBy.Agent, (await caller.WaitForEndAsync(Soon))?.By);
        Assert.Equal(EndReason.LiveSetupFailed, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }
}
