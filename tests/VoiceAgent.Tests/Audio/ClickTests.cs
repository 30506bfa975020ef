using AudioMeasures;
using Support.Audio;
using VoiceAgent.Audio;

namespace VoiceAgent.Tests.Audio;

/// <summary>Goal B14: whatever ends or begins in what the caller hears, at more than 10,000 random places of a voice, makes no step, and no burst in any band, that the voices do not make themselves.</summary>
public sealed class ClickTests
{
    private const int Rate = PlayoutBuffer.RateHz;
    private const int FrameSamples = 480;
    private const int Cases = 1_700;

    // Room before and after a place: the index looks back by 210 ms.
    private const int Before = Rate / 4;
    private const int After = Rate / 2;

    private static readonly short[] Agent = SyntheticVoice.Create(Rate, 12 * Rate, seed: 5);
    private static readonly short[] Other = SyntheticVoice.Create(Rate, 12 * Rate, seed: 6);

    private readonly Random _random = new(14);
    private readonly List<double> _indices = [];
    private readonly List<double> _bursts = [];
    private readonly List<double> _thumps = [];

    [Fact]
    public void Cuts_do_not_click() => Run((agent, line, place) =>
    {
        var heard = PlayAgent(agent, line, place, Before + After, frames: 12);
        agent.Flush();
        Play(line, heard, 3);
        return new(heard, Clean(Agent, place), 12 * FrameSamples + PlayoutFade.OutSamples / 2);
    });

    /// <summary>Goal B14 where a loud voice's steepest step is the fade's first.</summary>
    [Theory]
    [InlineData(3_668, 2_180)]
    [InlineData(-30_000, -25_000)]
    public void Fade_adds_nothing_to_the_step_that_it_begins_with(short last, short first)
    {
        var (fade, frame) = (new PlayoutFade(), new short[FrameSamples]);
        Array.Fill(frame, last);
        fade.Remember(frame);
        frame.AsSpan(0, PlayoutFade.OutSamples).Fill(first);
        fade.Out(frame, PlayoutFade.OutSamples, PlayoutFade.OutSamples);
        Assert.Equal(first, frame[0]);
        Assert.Equal(0, frame[PlayoutFade.OutSamples - 1]);
    }

    [Fact]
    public void Underruns_do_not_click() => Run((agent, line, place) =>
    {
        var samples = Before + _random.Next(FrameSamples);
        return new(PlayAgent(agent, line, place, samples, frames: 16), Clean(Agent, place), samples + PlayoutFade.OutSamples / 2);
    });

    /// <summary>Goal B14 for voices that really speak: consonants, and vowels of every pitch.</summary>
    [Theory]
    [InlineData("caller-booking")]
    [InlineData("caller-question")]
    [InlineData("apology.de")]
    [InlineData("while-booking")]
    public void Sentences_that_run_dry_do_not_click(string name)
    {
        var voice = SpokenVoice.Load(name, Rate);
        for (var i = 0; i < Cases / 4; i++)
        {
            var samples = _random.Next(Before, voice.Length - Rate / 20);
            var (agent, from) = (new PlayoutBuffer(TimeSpan.FromSeconds(60)), Math.Max(0, samples - Rate));
            agent.Write(voice.AsSpan(from, samples - from), Rate, 1);
            var heard = Play(new LineAudio(agent, TimeProvider.System), [], 53);
            Measure(new(heard, voice[from..], samples - from + PlayoutFade.OutSamples / 2));
        }
        AssertNoClick();
    }

    [Fact]
    public void Speech_that_comes_back_does_not_click() => Run((agent, line, place) =>
    {
        var samples = Before + _random.Next(FrameSamples);
        var heard = PlayAgent(agent, line, place, samples, frames: 16);
        agent.Write(Agent.AsSpan(place + samples, After), Rate, 1);
        agent.CompleteTurn();
        Play(line, heard, 3);
        return new(heard, Clean(Agent, place + samples - 16 * FrameSamples), 16 * FrameSamples);
    });

    [Fact]
    public void Pauses_for_a_caller_do_not_click() => Run((agent, line, place) =>
    {
        var heard = PlayAgent(agent, line, place, Before + After, frames: 12);
        agent.IsPaused = true;
        Play(line, heard, 3);
        return new(heard, Clean(Agent, place), 12 * FrameSamples + PlayoutFade.OutSamples / 2);
    });

    [Fact]
    public void Agents_that_go_on_where_they_were_held_do_not_click() => Run((agent, line, place) =>
    {
        var heard = PlayAgent(agent, line, place, Before + After, frames: 12);
        agent.IsPaused = true;
        Play(line, heard, 6);
        agent.IsPaused = false;
        Play(line, heard, 3);
        // What goes on lies 6 frames behind its place; the voice before it belongs there as well.
        return new(heard, Clean(Agent, place - 6 * FrameSamples), 18 * FrameSamples);
    });

    [Fact]
    public void Fillers_that_begin_do_not_click() => Run((_, line, place) =>
    {
        var heard = Play(line, [], 12);
        line.StartFiller(new Announcement("filler", Other[place..]));
        Play(line, heard, 3);
        return new(heard, Clean(Other, place - 12 * FrameSamples), 12 * FrameSamples);
    });

    [Fact]
    public void Fillers_that_are_stopped_do_not_click() => Run((_, line, place) =>
    {
        line.StartFiller(new Announcement("filler", Other[place..]));
        var heard = Play(line, [], 12);
        line.StopFiller();
        Play(line, heard, 3);
        return new(heard, Clean(Other, place), 12 * FrameSamples + PlayoutFade.OutSamples / 2);
    });

    [Fact]
    public void Last_words_that_cut_the_agent_do_not_click() => Run((agent, line, place) =>
    {
        var heard = PlayAgent(agent, line, place, Before + After, frames: 12);
        line.SayFinally(new Announcement("final", Other[place..]));
        Play(line, heard, 3);
        // Both voices sound at once for 10 ms.
        var (own, final) = (Clean(Agent, place), Clean(Other, place - 12 * FrameSamples));
        return new(heard, Sum(own, final), 12 * FrameSamples + PlayoutFade.OutSamples / 2, StepsOfBoth(own, final));
    });

    // Bursts: the inaudible tenths of a decibel of a continuation that is not quite what would have come.
    private void Run(Func<PlayoutBuffer, LineAudio, int, Edge> play)
    {
        for (var i = 0; i < Cases; i++)
        {
            var agent = new PlayoutBuffer(TimeSpan.FromSeconds(60));
            Measure(play(agent, new LineAudio(agent, TimeProvider.System), _random.Next(2 * Rate, 10 * Rate)));
        }
        AssertNoClick();
    }

    private void Measure(Edge edge)
    {
        var heard = edge.Heard.ToArray();
        _indices.Add(ClickIndex.Db(edge.Steps ?? edge.Clean, heard, Rate, edge.At));
        _bursts.Add(ClickIndex.BurstDb(edge.Clean, heard, Rate, edge.At));
        if (_indices.Count % 4 == 0)   // four filters take their time
            _thumps.Add(ClickIndex.WorstBandDb(edge.Clean, heard, Rate, edge.At));
    }

    private void AssertNoClick()
    {
        Assert.True(_indices.Max() <= 0, $"worst {_indices.Max():0.0} dB, {_indices.Count(index => index > 0)} of {_indices.Count} above 0 dB");
        Assert.True(_bursts.Max() <= 1, $"worst burst above 3.5 kHz {_bursts.Max():0.0} dB");
        Assert.True(_thumps.Max() <= 3, $"worst burst of all bands {_thumps.Max():0.0} dB");
    }

    private static List<short> PlayAgent(PlayoutBuffer agent, LineAudio line, int place, int samples, int frames)
    {
        agent.Write(Agent.AsSpan(place, samples), Rate, 1);
        return Play(line, [], frames);
    }

    private static List<short> Play(LineAudio line, List<short> heard, int frames)
    {
        Span<short> frame = stackalloc short[FrameSamples];
        for (var i = 0; i < frames; i++)
        {
            line.Read(frame);
            heard.AddRange(frame);
        }
        return heard;
    }

    private static short[] Sum(short[] one, short[] other) => [.. one.Zip(other, (a, b) => (short)Math.Clamp(a + b, short.MinValue, short.MaxValue))];

    /// <summary>Something that steps as far as both voices together may.</summary>
    private static short[] StepsOfBoth(short[] one, short[] other)
    {
        var (steps, level) = (new short[one.Length], 0);
        for (var i = 1; i < steps.Length; i++)
        {
            var step = Math.Abs(one[i] - one[i - 1]) + Math.Abs(other[i] - other[i - 1]);
            level += level > 0 ? -step : step;
            steps[i] = (short)level;
        }
        return steps;
    }

    /// <summary>A voice that nothing has happened to, from a place on.</summary>
    private static short[] Clean(short[] voice, int place) => voice[place..(place + 20 * FrameSamples)];

    /// <summary>What was heard, what belongs there, and where something happened.</summary>
    private sealed record Edge(List<short> Heard, short[] Clean, int At, short[]? Steps = null);
}
