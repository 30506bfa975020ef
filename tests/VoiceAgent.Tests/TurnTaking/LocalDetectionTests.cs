using GeminiLive;
using Simulation.Prompts;

namespace VoiceAgent.Tests.TurnTaking;

/// <summary>Where turns are marked here (LocalOnly), the line's own detector marks them: coughs, hums and echo take no word from the agent, callers do, and in a silence every answer counts.</summary>
public sealed class LocalDetectionTests
{
    [Fact]
    public void Coughs_hums_and_taps_into_the_agents_sentence_are_no_turn()
    {
        for (var i = 0; i < 200; i++)
        {
            var sounds = new CallerSounds(i);
            var line = new TalkOver(storySeconds: 8, marksSpeech: true);
            line.Hear(sounds.Room(1_500, -60));
            line.Hear(CallerSounds.Mix(sounds.Room(2_500, -60), Sound(sounds, i), i % 320));
            Assert.DoesNotContain(ActivityStep.Start, line.Marked);
        }
    }

    [Fact]
    public void Coughs_and_taps_into_a_silence_are_no_turn()
    {
        for (var i = 0; i < 100; i++)
        {
            var sounds = new CallerSounds(i);
            var line = new TalkOver([], marksSpeech: true);
            line.Hear(sounds.Room(1_500, -60));
            line.Hear(CallerSounds.Mix(sounds.Room(2_500, -60), i % 2 == 0 ? sounds.Cough() : sounds.Tap(), i % 320));
            Assert.DoesNotContain(ActivityStep.Start, line.Marked);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public void Callers_turn_is_marked_once_whether_the_agent_speaks_or_not(int storySeconds)
    {
        foreach (var name in new[] { "caller-booking", "caller-order", "caller-question" })
        {
            var line = new TalkOver(storySeconds, marksSpeech: true);
            var sounds = new CallerSounds(1);
            line.Hear(sounds.Room(1_500));
            var before = line.Marked.Count;
            line.Hear(CallerSounds.Mix(sounds.Room(8_000), CallerWords.Load(PromptLibrary.Get(name), -24)));
            Assert.Equal(1, line.Marked.Count(step => step == ActivityStep.Start));
            Assert.Equal(1, line.Marked.Count(step => step == ActivityStep.End));
            Assert.InRange((line.Marked.IndexOf(ActivityStep.Start) - before) * TalkOver.FrameMs, 200, 500);
        }
    }

    [Fact]
    public void Hum_and_whisper_are_answers_to_an_agent_that_waits()
    {
        var (hums, whispers) = (0, 0);
        for (var i = 0; i < 40; i++)
        {
            hums += Starts(new CallerSounds(i).Hum(), i);
            whispers += Starts(Whisper(i), i);
        }
        Assert.InRange(hums, 30, 40);   // some are over within a fifth of a second
        Assert.Equal(40, whispers);
    }

    [Theory]
    [InlineData(6, 150)]
    [InlineData(10, 70)]
    [InlineData(20, 300)]
    public void Echo_is_no_turn_and_a_caller_over_it_is(int lossDb, int delayMs)
    {
        var line = new EchoLine(delayMs, lossDb);
        line.Run(60_000);
        Assert.Equal(0, line.MarkedTurns);
        line.Run(4_000, CallerWords.Load(PromptLibrary.Get("caller-booking"), -16));
        Assert.True(line.MarkedTurns > 0);
    }

    private static short[] Sound(CallerSounds sounds, int i) => (i % 3) switch { 0 => sounds.Cough(), 1 => sounds.Hum(), _ => sounds.Tap() };

    private static int Starts(short[] sound, int seed)
    {
        var sounds = new CallerSounds(seed);
        var line = new TalkOver([], marksSpeech: true);
        line.Hear(sounds.Room(1_500));
        line.Hear(CallerSounds.Mix(sounds.Room(3_000), sound));
        return line.Marked.Count(step => step == ActivityStep.Start);
    }

    // A sentence of breath: words of 300 ms with short gaps.
    private static short[] Whisper(int seed)
    {
        var breath = new CallerSounds(seed).Room(1_800, -32);
        for (var gap = 300; gap < 1_800; gap += 360)
            breath.AsSpan(CallerSounds.Samples(gap), CallerSounds.Samples(60)).Clear();
        return breath;
    }
}
