using Simulation.Phone;
using Simulation.Prompts;
using Telephony.Codecs;
using VoiceAgent.Calls;

namespace EndToEnd.Tests;

/// <summary>Many of our own callers at once: one thread paces the RTP of all.</summary>
[Trait("Category", "Load"), Collection(nameof(AloneCollection))]
public sealed class SimulatedCallerLoadTests
{
    private const int Callers = 50;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Fifty_simulated_callers_hear_the_greeting_and_are_heard()
    {
        await using var agent = await AgentUnderTest.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(number => CallAsync(agent, number)));

        var records = await agent.WaitForRecordsAsync(Callers);
        Assert.All(records, record =>
        {
            Assert.Equal(EndReason.CallerHungUp, record.EndReason);
            Assert.Equal(0, record.Media!.PacketsLost);
        });
        Assert.Equal(Callers, agent.Live.Sessions.Count);
    }

    private static async Task CallAsync(AgentUnderTest agent, int number)
    {
        await using var caller = await SimulatedCaller.CallAsync(new CallerOptions
        {
            TargetUri = number % 2 == 0 ? agent.SipUri : agent.SipUriTcp,
            Codecs = [number % 4 < 2 ? CodecCatalog.Pcmu : CodecCatalog.Pcma],
            CallerNumber = $"caller{number}",
        });
        Assert.True(caller.WasAnswered, $"{caller.End}");
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        Assert.NotNull(await caller.WaitForAgentSilenceAsync(TimeSpan.FromSeconds(1), Soon));
        var greeting = Peers.PromptRecognizer.Find(caller.Heard.ToArray(), PromptLibrary.Get("greeting").Pcm.Span, PromptLibrary.SampleRateHz);
        Assert.True(greeting.IsRecognised, $"{greeting}");
        Assert.Equal((EndedBy.Caller, 200), ((await caller.HangUpAsync())?.By, caller.End?.StatusCode));
    }
}
