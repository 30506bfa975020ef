using Simulation.Prompts;
using VoiceAgent.Audio;

namespace VoiceAgent.Tests.TurnTaking;

/// <summary>Goals B11 and B12: the agent falls silent at the caller's first syllable, not at a cough, and goes on at the very sample.</summary>
public sealed class BargeInPauseTests(ITestOutputHelper output)
{
    private const int FadeOutSamples = PlayoutFade.OutSamples;
    private const int FadeInSamples = PlayoutFade.InSamples;

    private static readonly short[] Sentence = PromptLibrary.Get("story").Pcm[..PlayoutBuffer.RateHz].ToArray();
    private static readonly short[] Words = CallerWords.All(-20)[0];

    private readonly CallerSounds _sounds = new(1);

    [Theory]
    [InlineData(true)]    // a line that has been found to have no echo
    [InlineData(false)]   // what is 6 dB softer than the agent is taken for its echo
    public void Agent_is_silent_80_ms_after_half_and_120_ms_after_99_of_100_first_syllables(bool hasGate)
    {
        var times = new List<double>();
        foreach (var (level, (speechDbov, noiseDbov)) in new[] { (-16, -45), (-20, -65), (-22, -50), (-25, -45), (-26, -60), (-30, -65), (-34, -65) }.Index())
        {
            foreach (var (i, word) in CallerWords.All(speechDbov).Index())
            {
                var line = new TalkOver(storySeconds: 12, hasGate: hasGate);
                line.Hear(_sounds.Room(hasGate ? 9_000 : 2_000, noiseDbov));
                var skew = (i + level) % 4 * 80;   // the first syllable begins anywhere in a packet
                times.Add(line.Hear(CallerSounds.Mix(_sounds.Room(500, noiseDbov), word, skew), skew) ?? 500);
            }
        }
        times.Sort();
        output.WriteLine($"n = {times.Count}: p50 {times[times.Count / 2]}, p99 {times[(int)Math.Ceiling(0.99 * times.Count) - 1]}, most {times[^1]} ms");
        Assert.True(times.Count > 300);
        Assert.InRange(times[times.Count / 2], 0, 80);
        Assert.InRange(times[(int)Math.Ceiling(0.99 * times.Count) - 1], 0, 120);
        Assert.InRange(times[^1], 0, 160);
    }

    [Fact]
    public void Nothing_is_lost_or_heard_twice_when_nobody_confirms()
    {
        var line = new TalkOver(storySeconds: 8);
        line.Hear(_sounds.Room(2_000));
        line.Hear(CallerSounds.Mix(_sounds.Room(3_000), CallerWords.All(-20)[0]));
        Assert.Equal(1, line.Pause.Unconfirmed);
        Assert.Equal(40, line.PausedFrames);   // 800 ms

        var stopped = FirstDifference(line.Heard, line.Story, 0);
        var resumed = line.Heard.FindIndex(stopped + FadeOutSamples, sample => sample != 0);
        Assert.Equal(800 * 24, resumed / 480 * 480 - stopped);
        var rest = line.Heard.Skip(stopped + 800 * 24).ToList();
        Assert.Equal(line.Story.Skip(stopped + FadeInSamples).Take(24_000), rest.Skip(FadeInSamples).Take(24_000));
        Assert.All(line.Heard.Skip(stopped + FadeOutSamples).Take(18_000), sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Confirmation_ends_the_pause_and_the_next_turn_is_heard_from_its_first_sample()
    {
        var line = new TalkOver(storySeconds: 8);
        line.Hear(_sounds.Room(2_000));
        line.Hear(CallerSounds.Mix(_sounds.Room(300), CallerWords.All(-20)[0]));
        Assert.True(line.Pause.IsPaused);
        var heard = line.Playout.Heard;
        line.Playout.Flush();
        line.Pause.Confirm();
        line.Hear(_sounds.Room(40));
        Assert.Equal(heard, line.Playout.Heard);
        Assert.False(line.Pause.IsPaused);

        var answer = PromptLibrary.Get("booked").Pcm.ToArray();
        line.Playout.Write(answer, PlayoutBuffer.RateHz, 2);
        var from = line.Heard.Count;
        line.Hear(_sounds.Room(1_000));
        Assert.Equal(answer.Take(24_000), line.Heard.Skip(from));
    }

    // The service takes half a second to confirm; by then a short word is over.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Answer_to_a_word_that_was_over_before_the_service_had_confirmed_it_is_measured_and_going_on_is_none(bool isConfirmed)
    {
        var line = new TalkOver(storySeconds: 8);
        line.Hear(_sounds.Room(2_000));
        var before = line.Answers;
        line.Hear(CallerSounds.Mix(_sounds.Room(700), CallerWords.All(-20)[0][..(CallerSounds.RateHz * 400 / 1_000)]));
        Assert.True(line.Pause.IsPaused);
        if (isConfirmed)
        {
            line.Playout.Flush();
            line.Pause.Confirm();
            line.Hear(_sounds.Room(300));
            line.Playout.Write(PromptLibrary.Get("booked").Pcm.Span, PlayoutBuffer.RateHz, 2);
        }
        line.Hear(_sounds.Room(1_500));
        Assert.False(line.Pause.IsPaused);
        Assert.Equal(isConfirmed ? 1 : 0, line.Answers - before);
        if (isConfirmed)
            Assert.InRange(line.Response.Last.Latency, TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(1_100));
    }

    [Fact]
    public void Coughs_hums_and_taps_hold_the_agent_in_at_most_three_of_ten_cases_and_never_for_good()
    {
        var paused = 0;
        for (var i = 0; i < 200; i++)
        {
            var sounds = new CallerSounds(i);
            var sound = (i % 3) switch { 0 => sounds.Cough(), 1 => sounds.Hum(), _ => sounds.Tap() };
            var line = new TalkOver(storySeconds: 8);
            line.Hear(sounds.Room(1_500, -60));
            line.Hear(CallerSounds.Mix(sounds.Room(2_500, -60), sound, i % 320));
            paused += line.PausedFrames > 0 ? 1 : 0;
            Assert.False(line.Pause.IsPaused);
        }
        Assert.InRange(paused, 0, 60);
    }

    [Fact]
    public void Caller_who_talks_on_holds_the_agent_once()
    {
        var line = new TalkOver(storySeconds: 20);
        line.Hear(_sounds.Room(1_500));
        line.Hear(CallerWords.Load(PromptLibrary.Get("caller-booking"), -20));
        line.Hear(_sounds.Room(2_000));
        Assert.Equal(1, line.Pause.Unconfirmed);
    }

    [Fact]
    public void Radio_that_nobody_confirms_is_believed_three_times()
    {
        var line = new TalkOver(storySeconds: 60);
        line.Hear(_sounds.Room(1_500));
        for (var i = 0; i < 6; i++)
            line.Hear(CallerSounds.Mix(_sounds.Room(2_500), CallerWords.All(-25)[i]));
        Assert.Equal(3, line.Pause.Unconfirmed);
    }

    [Fact]
    public void Service_that_has_closed_its_turn_is_not_waited_for_when_the_caller_talks_through_the_window()
    {
        var line = new TalkOver(storySeconds: 20);
        var talksOn = 0;
        line.Pause.CallerTalksOn = () => talksOn++;
        line.Pause.MayConfirm = () => false;
        line.Hear(_sounds.Room(1_500));
        line.Hear(CallerSounds.Mix(_sounds.Room(3_000), CallerWords.All(-20)[0][..CallerSounds.Samples(250)]));
        Assert.Equal(0, talksOn);   // one word is none
        line.Hear(CallerWords.Load(PromptLibrary.Get("caller-booking"), -20));
        Assert.Equal(1, talksOn);
    }

    [Theory]
    [InlineData(350)]
    [InlineData(500)]
    public void Word_that_is_over_by_the_end_of_the_window_does_not_cut_what_the_agent_has_still_to_say(int ms)
    {
        var line = new TalkOver(storySeconds: 20);
        var talksOn = 0;
        line.Pause.CallerTalksOn = () => talksOn++;
        line.Pause.MayConfirm = () => false;
        line.Hear(_sounds.Room(1_500));
        line.Hear(CallerSounds.Mix(_sounds.Room(3_000), CallerWords.Load(PromptLibrary.Get("caller-booking"), -20)[..CallerSounds.Samples(ms)]));
        Assert.Equal((0, 1), (talksOn, line.Pause.Unconfirmed));
    }

    [Fact]
    public void Caller_who_speaks_while_the_agent_does_not_holds_nothing()
    {
        var line = new TalkOver(storySeconds: 1);
        line.Hear(_sounds.Room(25_000));
        line.Hear(CallerWords.Load(PromptLibrary.Get("caller-order"), -20));
        Assert.Equal(0, line.PausedFrames);
    }

    [Fact]
    public void Caller_who_begins_in_a_pause_between_two_sentences_holds_the_next_one_and_loses_none_of_it()
    {
        var line = new TalkOver([.. Sentence, .. new short[2 * PlayoutBuffer.RateHz], .. Sentence]);
        line.Hear(_sounds.Room(2_000));
        Assert.InRange(line.Hear(CallerSounds.Mix(_sounds.Room(300), Words)) ?? 1_000, 0, 120);   // a second after the sentence
        line.Hear(_sounds.Room(5_000));
        Assert.Equal((40, 1), (line.PausedFrames, line.Pause.Unconfirmed));
        Assert.Equal(Sentence, line.Heard[..Sentence.Length]);
        Assert.Equal(Sentence[FadeInSamples..], line.Heard.Skip(3 * PlayoutBuffer.RateHz + 800 * 24 + FadeInSamples).Take(Sentence.Length - FadeInSamples));
    }

    [Fact]
    public void Sentence_that_is_still_to_come_is_held_while_the_caller_speaks()
    {
        var line = new TalkOver(Sentence);
        line.Hear(_sounds.Room(2_000));
        line.Hear(Words.AsSpan(0, CallerSounds.Samples(200)));
        Assert.False(line.Pause.IsPaused);   // there is nothing to hold
        line.Say(Sentence);
        line.Hear(Words.AsSpan(CallerSounds.Samples(200), CallerSounds.Samples(100)));
        Assert.True(line.Pause.IsPaused);
        Assert.All(line.Heard.Skip(Sentence.Length + FadeOutSamples), sample => Assert.Equal(0, sample));
        line.Hear(_sounds.Room(3_000));
        Assert.Equal(Sentence[FadeInSamples..], line.Heard.Skip(2_200 * 24 + 800 * 24 + FadeInSamples).Take(Sentence.Length - FadeInSamples));
    }

    [Fact]
    public void Answer_is_not_held_for_a_caller_who_began_before_it()
    {
        var line = new TalkOver(Sentence);
        line.Hear(_sounds.Room(2_000));
        var words = CallerWords.Load(PromptLibrary.Get("caller-booking"), -20);
        line.Hear(words.AsSpan(0, CallerSounds.Samples(600)));
        line.Playout.CompleteTurn();
        line.Hear(words.AsSpan(CallerSounds.Samples(600), CallerSounds.Samples(100)));
        line.Say(Sentence, turn: 2);
        line.Hear(words.AsSpan(CallerSounds.Samples(700), CallerSounds.Samples(500)));
        Assert.Equal(0, line.PausedFrames);
    }

    private static int FirstDifference(List<short> a, List<short> b, int from)
    {
        while (a[from] == b[from])
            from++;
        return from / 480 * 480;
    }
}
