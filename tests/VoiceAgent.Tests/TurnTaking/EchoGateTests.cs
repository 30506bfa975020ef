using Simulation.Prompts;
using Telephony.Audio;

namespace VoiceAgent.Tests.TurnTaking;

/// <summary>Goal B13: the agent's voice that comes back neither holds the agent nor reaches the model, and a caller who talks over it does both.</summary>
public sealed class EchoGateTests
{
    private const int FrameSamples = 160;

    // What the service's detection takes for speech: so much in a row, at this level.
    private const double SpeechDbov = -48;
    private const int SpeechFrames = 6;

    [Theory]
    [InlineData(6, 20)]
    [InlineData(6, 150)]
    [InlineData(10, 70)]
    [InlineData(20, 300)]
    public void Ten_minutes_of_echo_hold_nothing_and_are_no_speech_to_the_service(int lossDb, int delayMs)
    {
        var line = new EchoLine(delayMs, lossDb);
        line.Run(3_000);   // the greeting, while the model does not listen
        line.Sent.Clear();
        var learning = line.SpeakingFrames;
        line.Run(600_000);
        Assert.Equal(0, line.PausedFrames);
        Assert.Equal(learning, line.SpeakingFrames);
        Assert.Equal(0, Utterances(line.Sent));
    }

    [Theory]
    [InlineData(6, 150)]
    [InlineData(10, 70)]
    [InlineData(20, 300)]
    public void Caller_as_loud_as_the_agent_is_noticed_within_200_ms_and_reaches_the_service(int lossDb, int delayMs)
    {
        var agentDbov = PcmLevel.RmsDbov(PromptLibrary.Get("story").Pcm.Span);
        var times = new List<double>();
        foreach (var name in new[] { "caller-booking", "caller-order", "caller-question" })
        {
            var words = CallerWords.Load(PromptLibrary.Get(name), agentDbov)[..CallerSounds.Samples(700)];
            for (var pass = 0; pass < 5; pass++)
            {
                var line = new EchoLine(delayMs, lossDb);
                line.Run(9_000 + pass * 140);
                line.Sent.Clear();
                times.Add(line.Run(1_000, words) ?? 1_000);
                Assert.True(Utterances(line.Sent) > 0, $"{name} {pass} was not heard by the service");
            }
        }
        times.Sort();
        Assert.InRange(times[times.Count / 2], 0, 120);
        Assert.InRange(times[times.Count * 8 / 10], 0, 200);
    }

    [Fact]
    public void Caller_far_softer_than_the_agent_is_heard_to_speak_on_a_line_without_echo()
    {
        var softDbov = PcmLevel.RmsDbov(PromptLibrary.Get("story").Pcm.Span) - 12;
        short[] words = [.. CallerWords.Load(PromptLibrary.Get("caller-booking"), softDbov), .. CallerWords.Load(PromptLibrary.Get("caller-order"), softDbov)];
        var line = new EchoLine(delayMs: 20, lossDb: 90);
        line.Run(9_000);
        Assert.Equal(0, line.SpeakingFrames);
        line.Run(4_000, words);
        Assert.InRange(line.SpeakingFrames, 150, 200);
    }

    [Fact]
    public void Line_without_echo_goes_up_bit_by_bit()
    {
        var line = new EchoLine(delayMs: 20, lossDb: 90);
        var words = CallerWords.Load(PromptLibrary.Get("caller-booking"), -30);
        var room = new CallerSounds(2).Room(10_000);
        line.Run(4_000, words);
        for (var i = 0; i < line.Sent.Count; i++)
            Assert.InRange(line.Sent[i] - (room[i % room.Length] + (i < words.Length ? words[i] : 0)), -1, 1);
    }

    private static int Utterances(List<short> pcm)
    {
        int utterances = 0, voiced = 0;
        for (var at = 0; at + FrameSamples <= pcm.Count; at += FrameSamples)
        {
            var isVoiced = PcmLevel.RmsDbov(pcm.GetRange(at, FrameSamples).ToArray()) > SpeechDbov;
            voiced = Math.Clamp(voiced + (isVoiced ? 1 : -1), 0, SpeechFrames);
            if (voiced < SpeechFrames)
                continue;
            (utterances, voiced) = (utterances + 1, 0);
        }
        return utterances;
    }
}
