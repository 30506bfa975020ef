using System.Net;
using Simulation.Live;
using Simulation.Prompts;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>A24, A25 with real phones: the caller hands the call to somebody else, by REFER or by an INVITE with Replaces, and the agent goes on with them.</summary>
[Trait("Category", "Peer")]
public sealed class HandedOverCallTests
{
    private const string Told = "Somebody else is on the line";
    private static readonly (string, string?) LeaveTheModelSilent = ("Live:SignTimeout", "00:00:30");   // else its connection counts as frozen
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Softphone_that_transfers_the_agent_leaves_it_to_the_other_softphone()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, LeaveTheModelSilent,
            ("Telephony:InboundRefer", "Allow"), ("Telephony:Outbound:Allow:0", "*@127.0.0.1:*"), ("Telephony:Trunks:pbx:Addresses:0", "127.0.0.1"));
        await using var other = await Baresip.StartAsync(new BaresipPhone { Speech = [], AnswersCalls = true });
        await using var caller = await Baresip.StartAsync(new BaresipPhone { Speech = [] });
        Assert.True(await caller.CallAsync(agent.SipUri, Soon), caller.Log);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await caller.Control.CommandAsync("transfer", $"sip:phone@{other.Udp}");

        Assert.True(await other.Control.WaitForAsync("CALL_ESTABLISHED", Soon) is not null, other.Log);
        Assert.True(await caller.Control.WaitForAsync("CALL_CLOSED", Soon) is not null, caller.Log);
        await UntilToldAsync(session);
        await session.SayAsync("goodbye");
        await Task.Delay(3_000);
        await other.Control.CommandAsync("hangup");
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.CallerHungUp, record.EndReason);
        Assert.Contains(record.Timeline, entry => entry.Text.Contains("phone is on the line now", StringComparison.Ordinal));
        var match = PromptRecognizer.Find(other.Heard(), PromptLibrary.Get("goodbye").Pcm.Span, PromptLibrary.SampleRateHz);
        Assert.True(match.IsRecognised, $"{match}");
        await agent.WhenIdleAsync();
    }

    [Fact]
    public async Task Sipp_takes_the_place_of_its_own_call_and_the_agent_goes_on()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, LeaveTheModelSilent);
        await using var sink = new RtpSink(IPAddress.Loopback);
        (await Sipp.RunAsync(new SippRun("replaces", agent.Udp) { MediaPorts = [sink.Port], Stay = TimeSpan.FromSeconds(1), Limit = Soon })).MustSucceed();

        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.CallerHungUp, record.EndReason);
        await UntilToldAsync(Assert.Single(agent.Live.Sessions));
        await agent.WhenIdleAsync();
    }

    private static async Task UntilToldAsync(SimulatedSession session)
    {
        using var patience = new CancellationTokenSource(Soon);
        while (!session.Messages.Any(message => message.Json.Contains(Told, StringComparison.Ordinal)))
            await Task.Delay(20, patience.Token);
    }
}
