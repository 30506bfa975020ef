using Simulation.Prompts;
using Telephony.Audio;
using Telephony.Codecs;

namespace EndToEnd.Tests.Peers;

public sealed class PromptRecognizerTests
{
    public static TheoryData<string> Names => [.. PromptLibrary.All.Select(p => p.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Prompt_is_found_behind_delay_at_another_level_through_a_law(string name)
    {
        foreach (var (gain, delay) in new[] { (1.0, 0), (0.3, 4_321), (0.1, 12_345) })
        {
            var match = Find(Line(name, gain, delay), name);
            Assert.True(match.IsRecognised, $"{name} at {gain}: {match.Score:F2}");
            Assert.InRange(match.At.TotalSeconds * 8000, delay - 160, delay + 160);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void No_other_prompt_is_taken_for_it(string name)
    {
        foreach (var other in PromptLibrary.All.Where(p => p.Name != name && !p.Transcript.Contains(PromptLibrary.Get(name).Transcript, StringComparison.Ordinal)))
        {
            var match = Find(Line(other.Name, 1, 1000), name);
            Assert.False(match.IsRecognised, $"{other.Name} taken for {name}: {match.Score:F2}");
        }
    }

    [Fact]
    public void Silence_tone_and_noise_are_no_prompt()
    {
        var random = new Random(1);
        short[] noise = [.. Enumerable.Range(0, 80_000).Select(_ => (short)random.Next(-3000, 3000))];
        foreach (var pcm in new[] { new short[80_000], Support.Tone.Sine(8000, 440, 80_000), noise, [] })
            Assert.False(Find(pcm, "greeting").IsRecognised);
    }

    [Fact]
    public void Half_a_prompt_is_not_the_prompt()
    {
        var line = Line("greeting", 1, 1000);
        var prompt = PromptLibrary.Get("greeting").Pcm.Length / 3;
        line.AsSpan(1000 + prompt / 2).Clear();
        Assert.False(Find(line, "greeting").IsRecognised);
    }

    [Fact]
    public void Five_lost_packets_in_a_hundred_do_not_hide_it()
    {
        var line = Line("greeting", 1, 1000);
        for (var packet = 0; packet < line.Length / 160; packet += 20)
            line.AsSpan(packet * 160, 160).Clear();
        Assert.True(Find(line, "greeting").IsRecognised);
    }

    [Fact]
    public void Pause_of_80_ms_in_the_middle_does_not_hide_it()
    {
        var line = Line("greeting", 1, 1000);
        short[] paused = [.. line[..9_000], .. new short[640], .. line[9_000..]];
        Assert.True(Find(paused, "greeting").IsRecognised);
    }

    private static PromptMatch Find(short[] heard, string name) => PromptRecognizer.Find(heard, PromptLibrary.Get(name).Pcm.Span, PromptLibrary.SampleRateHz);

    private static short[] Line(string name, double gain, int delay)
    {
        var prompt = new WavFile(PromptLibrary.SampleRateHz, 1, PromptLibrary.Get(name).Pcm.ToArray()).ToMono(8000);
        return [.. new short[delay], .. prompt.Select(s => G711.DecodeMuLaw(G711.EncodeMuLaw((short)(s * gain)))), .. new short[4000]];
    }
}
