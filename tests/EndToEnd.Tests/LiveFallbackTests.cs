using EndToEnd.Tests.Peers;
using Simulation.Live;
using Simulation.Phone;
using Simulation.Prompts;
using VoiceAgent.Calls;

namespace EndToEnd.Tests;

/// <summary>Row A17 of the goals on real sockets: the first Live server dies, the second goes on with the call, soon, knowing what was said, and without a second greeting.</summary>
[Trait("Category", "Load")]
public sealed class LiveFallbackTests
{
    private const string CallersWords = "Is my red bicycle ready?";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(2);

    // What a server takes to see that its peer has gone: only then the old session counts as closed.
    private static readonly TimeSpan UntilSeen = TimeSpan.FromMilliseconds(200);

    /// <summary>How a server is dead for whoever comes.</summary>
    public enum Death
    {
        RefusingConnections,
        ClosingSetups,
        AnsweringNoSetup,
    }

    [Theory]
    [InlineData(Death.RefusingConnections)]
    [InlineData(Death.ClosingSetups)]
    [InlineData(Death.AnsweringNoSetup)]
    public async Task A_server_that_is_dead_during_setup_is_replaced_before_the_greeting(Death death)
    {
        await using var second = await SimulatedLive.StartAsync(new SimulatedLiveOptions(), TimeProvider.System);
        await using var agent = await StartAsync(second);
        Die(agent.Live, death);
        await using var caller = await ConversationTests.Dial(agent);
        var session = await second.WaitForSessionAsync(1, Soon);
        var spoken = await session.WaitForAsync(SessionEventKind.GenerationStarted, Soon);

        Assert.InRange(TimeProvider.System.GetElapsedTime(agent.Live.Attempts[0].Timestamp, spoken.Timestamp), TimeSpan.Zero, Goal);
        Assert.Single(session.Messages, AsksForGreeting);
        await AssertHeardAsync(caller, session, spoken);
        AssertOneAtATime(agent.Live, second);
        await HangUpAsync(agent, caller);
    }

    [Theory]
    [InlineData(Death.RefusingConnections)]   // in mid-call
    [InlineData(Death.ClosingSetups)]         // during the resume
    [InlineData(Death.AnsweringNoSetup)]
    public async Task A_server_that_dies_in_mid_call_is_replaced_by_one_that_knows_what_was_said(Death death)
    {
        await using var second = await SimulatedLive.StartAsync(new SimulatedLiveOptions(), TimeProvider.System);
        await using var agent = await StartAsync(second);
        await using var caller = await ConversationTests.Dial(agent);
        var first = await AskAsync(agent, caller);

        Die(agent.Live, death);
        var died = TimeProvider.System.GetTimestamp();
        await first.AbortAsync();
        var session = await second.WaitForSessionAsync(1, Soon);
        var spoken = await session.WaitForAsync(SessionEventKind.GenerationStarted, Soon);
        Assert.InRange(TimeProvider.System.GetElapsedTime(died, spoken.Timestamp), TimeSpan.Zero, Goal);
        await AssertHeardAsync(caller, session, spoken);

        await AssertGoesOnAsync(caller, session);
        Assert.Equal("", session.ResumedHandle);
        var seed = Assert.Single(session.Messages, message => message.Json.Contains("\"role\":\"model\"", StringComparison.Ordinal)).Json;
        Assert.Contains(PromptLibrary.Get("how-can-i-help").Transcript, seed, StringComparison.Ordinal);
        Assert.Contains(CallersWords, seed, StringComparison.Ordinal);
        Assert.DoesNotContain(session.Messages, AsksForGreeting);
        AssertOneAtATime(agent.Live, second);
        var record = await HangUpAsync(agent, caller);
        Assert.Equal(1, record.LiveResumes);
        Assert.Single(record.Transcript, turn => turn.Text.Contains(CallersWords, StringComparison.Ordinal));
    }

    private static Task<AgentUnderTest> StartAsync(SimulatedLive second) =>
        AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, ("Live:Fallbacks:0:Endpoint", second.Endpoint.AbsoluteUri));

    private static void Die(SimulatedLive server, Death death)
    {
        server.Faults.RefuseWithStatus = death == Death.RefusingConnections ? 503 : null;
        server.Faults.CloseAtSetup = death == Death.ClosingSetups ? (1011, "Internal error encountered.") : null;
        server.Faults.NeverAnswerSetup = death == Death.AnsweringNoSetup;
    }

    /// <summary>The agent has greeted, the caller has asked something, and the answer is due.</summary>
    private static async Task<SimulatedSession> AskAsync(AgentUnderTest agent, SimulatedCaller caller)
    {
        var first = await agent.Live.WaitForSessionAsync(1, Soon);
        await first.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await first.SayAsync("how-can-i-help");
        await first.WaitForAsync(SessionEventKind.TurnCompleted, Soon);
        Assert.NotNull(await caller.WaitForAgentSilenceAsync(TimeSpan.FromMilliseconds(300), Soon));
        await first.SendTranscriptAsync(CallersWords);
        await Task.Delay(200);   // a reset would overtake it
        return first;
    }

    private static async Task AssertHeardAsync(SimulatedCaller caller, SimulatedSession session, SessionEvent spoken)
    {
        await session.WaitForAsync(SessionEventKind.TurnCompleted, Soon);
        // On a busy machine what was said is heard a good while later, and silence before it is not the end of it.
        using var limit = new CancellationTokenSource(Soon);
        while (!caller.Heard.Packets.Any(packet => packet.ArrivalTimestamp > spoken.Timestamp && packet.LevelDbov > -45))
            await Task.Delay(20, limit.Token);
        Assert.NotNull(await caller.WaitForAgentSilenceAsync(TimeSpan.FromSeconds(1), Soon));
        var heard = PromptRecognizer.Find(caller.Heard.ToArray(), PromptLibrary.Get(spoken.Text).Pcm.Span, PromptLibrary.SampleRateHz);
        Assert.True(heard.IsRecognised, $"{spoken.Text}: {heard}");
    }

    private static async Task AssertGoesOnAsync(SimulatedCaller caller, SimulatedSession session)
    {
        var from = session.Events.Count;
        caller.Say(PromptLibrary.Get("caller-question").Pcm.Span, PromptLibrary.SampleRateHz);
        await session.WaitForAsync(SessionEventKind.SpeechEnded, Soon, from);
        await session.WaitForAsync(SessionEventKind.GenerationStarted, Soon, from);
    }

    private static void AssertOneAtATime(SimulatedLive first, SimulatedLive second)
    {
        Assert.Equal((0, 1), (first.OpenSessions, second.OpenSessions));
        Assert.InRange(first.MaxOpenPerConversation, 0, 1);
        // Who was asked for no session had none, however early it was connected.
        var sessions = first.Sessions.Concat(second.Sessions).Where(session => SetupOf(session) > 0).OrderBy(SetupOf).ToList();
        foreach (var (older, newer) in sessions.Zip(sessions.Skip(1)))
        {
            var end = older.Events.Single(happened => happened.Kind == SessionEventKind.Closed).Timestamp;
            Assert.InRange(TimeProvider.System.GetElapsedTime(SetupOf(newer), end), TimeSpan.MinValue, UntilSeen);
        }
    }

    private static long SetupOf(SimulatedSession session) => session.Events.FirstOrDefault(happened => happened.Kind == SessionEventKind.SetupReceived).Timestamp;

    private static bool AsksForGreeting(ReceivedMessage message) => message.Json.Contains("Greet them", StringComparison.Ordinal);

    private static async Task<CallRecord> HangUpAsync(AgentUnderTest agent, SimulatedCaller caller)
    {
        await caller.HangUpAsync();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.CallerHungUp, record.EndReason);
        return record;
    }
}
