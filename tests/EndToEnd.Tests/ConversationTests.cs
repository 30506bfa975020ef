using Simulation.Live;
using Simulation.Phone;
using Support;
using VoiceAgent.Calls;

namespace EndToEnd.Tests;

/// <summary>Whole calls: a caller's sockets, the service, a Live server's socket.</summary>
public sealed class ConversationTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_caller_hears_the_greeting_and_the_model_hears_the_caller(bool overTcp)
    {
        await using var agent = await AgentUnderTest.StartAsync();
        await using var caller = await Dial(agent, overTcp);
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        Assert.NotNull(await caller.WaitForAgentSilenceAsync(TimeSpan.FromSeconds(1), Soon));

        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        var before = session.CallerAudio.Length;
        caller.Say(Tone.Sine(8_000, 1_000, 8_000), 8_000);
        await caller.WaitUntilSaidAsync(Soon);
        await Task.Delay(200);
        var heard = session.CallerAudio.AsSpan(before);
        Assert.InRange(Loudest(heard, 1_000), 9_500, 10_300);   // 10,000 +- 0.4 dB through G.711 and the resampler
        Assert.InRange(Loudest(heard, 2_300), 0, 200);

        await caller.HangUpAsync();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.CallerHungUp, record.EndReason);
        Assert.Contains(record.Transcript, turn => turn.Speaker == "agent" && turn.Text.Contains("voice agent", StringComparison.Ordinal));
        await agent.WhenIdleAsync();
    }

    [Fact]
    public async Task A_tone_of_the_model_comes_back_at_its_own_level()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false });
        await using var caller = await Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync(Tone.Sine(24_000, 1_000, 48_000));
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        Assert.NotNull(await caller.WaitForAgentSilenceAsync(TimeSpan.FromMilliseconds(500), Soon));
        Assert.InRange(Loudest8k(caller.Heard.ToArray(), 1_000), 9_500, 10_300);
        Assert.Equal(caller.Statistics.Pauses, caller.Statistics.TimestampSteps);   // a thread that a busy machine held up says so by the marker
    }

    [Fact]
    public async Task The_agent_stops_when_the_caller_cuts_in_and_nothing_of_the_dead_turn_is_heard()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false });
        await using var caller = await Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync("story");
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        await Task.Delay(1_000);

        await session.InterruptAsync(staleMs: 500);
        await Task.Delay(700);
        var cut = session.Events.First(happened => happened.Kind == SessionEventKind.Interrupted).Timestamp;
        var lastLoud = caller.Heard.Packets.Where(packet => packet.LevelDbov > -45).Max(packet => packet.ArrivalTimestamp);
        Assert.InRange(TimeProvider.System.GetElapsedTime(cut, lastLoud).TotalMilliseconds, -100, 100);

        // What the model says next is heard again.
        await session.SayAsync("answer-repair");
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        await caller.HangUpAsync();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(1, record.Interruptions);
        Assert.Contains(record.Transcript, turn => turn is { Speaker: "agent", Interrupted: true });
    }

    [Fact]
    public async Task Digits_by_rtp_and_by_info_reach_the_model_as_text_and_the_record()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Calls:DigitPause", "00:00:00.300"));
        await using var caller = await Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        Assert.True(caller.PressDigits("12#"));
        Assert.True(await caller.WaitUntilPressedAsync(Soon));
        Assert.Equal(200, await caller.SendInfoDigitAsync('7'));
        await Task.Delay(800);
        await caller.HangUpAsync();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal("12#7", record.Digits);
        Assert.Contains(session.Messages, message => message.Json.Contains("pressed 12# on", StringComparison.Ordinal));
        Assert.Contains(session.Messages, message => message.Json.Contains("pressed 7 on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hold_silences_both_sides_without_starving_the_model_and_resume_brings_them_back()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false });
        await using var caller = await Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);

        Assert.Equal(200, await caller.HoldAsync());
        var (samples, packets) = (session.CallerSamples, caller.Statistics.Packets);
        await Task.Delay(1_000);
        Assert.InRange(session.CallerSamples - samples, 14_000, 18_000);   // silence keeps flowing in real time
        Assert.InRange(caller.Statistics.Packets - packets, 0, 2);

        Assert.Equal(200, await caller.ResumeAsync());
        await session.SayAsync("answer-hours");
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        caller.Say(Tone.Sine(8_000, 1_000, 8_000), 8_000);
        await caller.WaitUntilSaidAsync(Soon);
        await Task.Delay(200);
        Assert.InRange(Loudest(session.CallerAudio.AsSpan(^16_000..), 1_000), 9_000, 10_500);
    }

    [Fact]
    public async Task A_late_offer_and_a_listener_that_never_sends_are_calls_like_any_other()
    {
        await using var agent = await AgentUnderTest.StartAsync();
        await using var caller = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri, LateOffer = true, SendRtp = false });
        Assert.True(caller.WasAnswered);
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
    }

    internal static async Task<SimulatedCaller> Dial(AgentUnderTest agent, bool overTcp = false)
    {
        var caller = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = overTcp ? agent.SipUriTcp : agent.SipUri });
        Assert.True(caller.WasAnswered, $"The call was not answered: {caller.End}");
        return caller;
    }

    // Loudest 100 ms of a frequency.
    private static double Loudest(ReadOnlySpan<short> pcm, double frequencyHz) => Loudest(pcm, 16_000, frequencyHz);

    private static double Loudest8k(ReadOnlySpan<short> pcm, double frequencyHz) => Loudest(pcm, 8_000, frequencyHz);

    private static double Loudest(ReadOnlySpan<short> pcm, int rateHz, double frequencyHz)
    {
        var loudest = 0.0;
        for (var at = 0; at + rateHz / 10 <= pcm.Length; at += rateHz / 20)
            loudest = Math.Max(loudest, Tone.Amplitude(pcm.Slice(at, rateHz / 10), rateHz, frequencyHz));
        return loudest;
    }
}
