using Simulation.Live;
using Support;

namespace EndToEnd.Tests;

/// <summary>Row A38 of the goals on real sockets: connections opened ahead of calls are alive when they are taken, few, young, and nobody's before.</summary>
[Trait("Category", "Load")]
public sealed class LiveWarmConnectionTests
{
    private const int Calls = 20;
    private const int Kept = 2;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Twenty_calls_one_after_the_other_each_take_a_warm_connection_that_was_nobodys_before()
    {
        await using var agent = await StartAsync("00:01:00");
        for (var number = 0; number < Calls; number++)
        {
            await WarmAsync(agent.Live);
            if (number == Calls / 2)
                await CloseWaitingAsync(agent.Live);
            var dialled = TimeProvider.System.GetTimestamp();
            var session = await CallAsync(agent, number);

            Assert.True(session.Events[0].Timestamp < dialled, $"Call {number} had to connect first.");
            Assert.Equal("", session.ResumedHandle);
            Assert.Single(session.Messages, message => message.Json.Contains("\"setup\"", StringComparison.Ordinal));
            AssertHeardOnly(session, number);
        }
        // The waiting ones, the call's own, and one that the server does not yet know to be closed.
        Assert.InRange(agent.Live.MaxOpenSessions, Kept, Kept + 2);
        Assert.Equal(Calls, agent.Live.Sessions.Count(IsUsed));
        Assert.Equal(Calls, (await agent.WaitForRecordsAsync(Calls)).Count);
    }

    [Fact]
    public async Task A_connection_that_waited_too_long_is_replaced_before_anybody_takes_it()
    {
        await using var agent = await StartAsync(MaxAge.ToString());
        await WarmAsync(agent.Live);
        var old = Waiting(agent.Live);
        await Task.WhenAll(old.Select(session => session.Closed)).WaitAsync(MaxAge + Soon);
        await WarmAsync(agent.Live);

        Assert.All(old, session => Assert.False(IsUsed(session)));
        Assert.All(Waiting(agent.Live), session => Assert.InRange(TimeProvider.System.GetElapsedTime(session.Events[0].Timestamp), TimeSpan.Zero, MaxAge));
        AssertHeardOnly(await CallAsync(agent, 1), 1);
    }

    private static Task<AgentUnderTest> StartAsync(string maxAge) => AgentUnderTest.StartAsync(
        new SimulatedLiveOptions { AutoAnswer = false }, ("Live:WarmConnections", $"{Kept}"), ("Live:WarmMaxAge", maxAge), ("Agents:Profiles:reception:Greeting", ""));

    /// <summary>One call, whose caller says a tone of its own; gives the session that it used.</summary>
    private static async Task<SimulatedSession> CallAsync(AgentUnderTest agent, int number)
    {
        await using var caller = await ConversationTests.Dial(agent);
        caller.Say(Tone.Sine(8_000, Frequency(number), 2_400), 8_000);
        Assert.True(await caller.WaitUntilSaidAsync(Soon));
        await Task.Delay(200);
        var session = agent.Live.Sessions.Last(IsUsed);
        await caller.HangUpAsync();
        await session.Closed.WaitAsync(Soon);
        return session;
    }

    /// <summary>Waits until as many connections wait as are to be kept.</summary>
    private static async Task WarmAsync(SimulatedLive live)
    {
        for (var start = TimeProvider.System.GetTimestamp(); Waiting(live).Count < Kept; await Task.Delay(10))
            Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, Soon);
    }

    /// <summary>The server closes what waits; others take their place.</summary>
    private static async Task CloseWaitingAsync(SimulatedLive live)
    {
        var waiting = Waiting(live);
        foreach (var session in waiting)
            await session.CloseAsync(1001, "going away");
        await Task.WhenAll(waiting.Select(session => session.Closed)).WaitAsync(Soon);
        await WarmAsync(live);
    }

    private static List<SimulatedSession> Waiting(SimulatedLive live) => [.. live.Sessions.Where(session => !IsUsed(session) && !session.Closed.IsCompleted)];

    private static bool IsUsed(SimulatedSession session) => session.Events.Any(happened => happened.Kind == SessionEventKind.SetupReceived);

    private static void AssertHeardOnly(SimulatedSession session, int number)
    {
        var heard = session.CallerAudio;
        Assert.InRange(Loudest(heard, Frequency(number)), 8_000, 11_000);
        for (var other = 0; other < Calls; other++)
        {
            if (Math.Abs(other - number) > 1)
                Assert.InRange(Loudest(heard, Frequency(other)), 0, 2_500);
        }
    }

    private static double Frequency(int number) => 400 + 100 * number;

    // Loudest 100 ms of a frequency.
    private static double Loudest(ReadOnlySpan<short> pcm, double frequencyHz)
    {
        var loudest = 0.0;
        for (var at = 0; at + 1_600 <= pcm.Length; at += 800)
            loudest = Math.Max(loudest, Tone.Amplitude(pcm.Slice(at, 1_600), 16_000, frequencyHz));
        return loudest;
    }
}
