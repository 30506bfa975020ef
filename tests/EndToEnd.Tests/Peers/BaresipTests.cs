using Simulation.Live;
using Simulation.Prompts;
using Telephony.Audio;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>Calls of a real softphone: its own jitter buffer, codecs and recording.</summary>
[Trait("Category", "Peer")]
public sealed class BaresipTests
{
    private const int RateHz = 48_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Theory, InlineData("udp", "PCMU"), InlineData("udp", "PCMA"), InlineData("tcp", "PCMU"), InlineData("udp", "G722/16000/1"), InlineData("tcp", "opus/48000/2")]
    public async Task Recording_of_the_phone_holds_the_greeting_and_the_model_hears_the_phone(string transport, string codec)
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false });
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Transport = transport, Codecs = codec, Speech = Speech("answer-hours", delayMs: 4_500) });
        Assert.True(await phone.CallAsync(Uri(agent, transport), Soon), phone.Log);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync("greeting");
        await session.WaitForAsync(SessionEventKind.SpeechEnded, TimeSpan.FromSeconds(15));

        await HangUpAsync(phone);
        Assert.Contains($"Set audio decoder: {codec.Split('/')[0]}", phone.Log, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
        var greeting = Find(phone.Heard(), "greeting");
        Assert.True(greeting.IsRecognised, $"{greeting}");
        var question = Find(new WavFile(16_000, 1, session.CallerAudio).ToMono(8000), "answer-hours");
        Assert.True(question.IsRecognised, $"{question}");
    }

    [Fact]
    public async Task Speaking_over_the_agent_stops_it()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false });
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Speech = Speech("answer-hours", delayMs: 4_000) });
        Assert.True(await phone.CallAsync(Uri(agent, "udp"), Soon), phone.Log);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync("story");   // 18 s
        var cut = (await session.WaitForAsync(SessionEventKind.Interrupted, Soon)).Timestamp;
        await Task.Delay(2_000);
        await HangUpAsync(phone);

        // The recording ends with the call; what follows the last loud frame is the silence since the cut, less what the phone had in its buffers.
        var sinceCut = TimeProvider.System.GetElapsedTime(cut);
        var heard = phone.Heard();
        var loud = LoudFrames(heard).ToList();
        var silence = TimeSpan.FromSeconds((heard.Length - (loud[^1] + 1) * 160) / 8000.0);
        // It begins before the cut: the agent is held at the first syllable, before the service has made up its mind.
        Assert.InRange(sinceCut - silence, TimeSpan.FromMilliseconds(-1_000), TimeSpan.FromMilliseconds(500));
        Assert.True(loud.Count > 50, "the story was heard until the cut");
        Assert.Equal(1, Assert.Single(await agent.WaitForRecordsAsync(1)).Interruptions);
    }

    [Theory, InlineData("PCMU"), InlineData("opus/48000/2")]
    public async Task Digits_of_the_phone_are_noted_and_reach_the_model(string codec)
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Codecs = codec, Speech = [] });
        Assert.True(await phone.CallAsync(Uri(agent, "udp"), Soon), phone.Log);
        Assert.True(await phone.Control.CommandAsync("sndcode", "12#"));
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        // What asks for the greeting is text too.
        for (var from = 0; !session.Events.Any(told => told.Kind == SessionEventKind.TextReceived && told.Text.Contains("12", StringComparison.Ordinal)); from = session.Events.Count)
            await session.WaitForAsync(SessionEventKind.TextReceived, Soon, from);
        await HangUpAsync(phone);
        Assert.Equal("12#", Assert.Single(await agent.WaitForRecordsAsync(1)).Digits);
    }

    [Fact]
    public async Task Hold_keeps_the_session_fed_and_the_call_alive()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Speech = [] });
        Assert.True(await phone.CallAsync(Uri(agent, "udp"), Soon), phone.Log);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);

        Assert.True(await phone.Control.CommandAsync("hold"));
        await Task.Delay(500);
        var before = session.CallerSamples;
        await Task.Delay(2_000);
        Assert.InRange(session.CallerSamples - before, 28_800, 35_200);   // 2 s at 16 kHz, give or take 10 %
        Assert.True(await phone.Control.CommandAsync("resume"));
        await Task.Delay(500);
        Assert.Equal(1, agent.RunningCalls);
        await HangUpAsync(phone);
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    private static async Task HangUpAsync(Baresip phone)
    {
        Assert.True(await phone.Control.CommandAsync("hangup"));
        Assert.NotNull(await phone.Control.WaitForAsync("CALL_CLOSED", Soon));
    }

    private static string Uri(AgentUnderTest agent, string transport) => $"sip:agent@{(transport == "udp" ? agent.Udp : agent.Tcp)}";

    private static short[] Speech(string prompt, int delayMs) =>
        [.. new short[delayMs * RateHz / 1000], .. new WavFile(PromptLibrary.SampleRateHz, 1, PromptLibrary.Get(prompt).Pcm.ToArray()).ToMono(RateHz)];

    private static PromptMatch Find(short[] heard, string prompt) => PromptRecognizer.Find(heard, PromptLibrary.Get(prompt).Pcm.Span, PromptLibrary.SampleRateHz);

    private static IEnumerable<int> LoudFrames(short[] pcm) =>
        Enumerable.Range(0, pcm.Length / 160).Where(frame => PcmLevel.RmsDbov(pcm.AsSpan(frame * 160, 160)) > -45);
}
