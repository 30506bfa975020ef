using Simulation.Prompts;
using Telephony.Audio;

namespace Simulation.Tests.Prompts;

public sealed class PromptLibraryTests
{
    [Fact]
    public void Every_prompt_is_speech_at_a_sensible_level()
    {
        Assert.True(PromptLibrary.All.Count >= 12);
        foreach (var prompt in PromptLibrary.All)
        {
            Assert.InRange(PcmLevel.RmsDbov(prompt.Pcm.Span), -21, -16);
            Assert.InRange(prompt.Duration.TotalSeconds / prompt.Transcript.Length, 0.04, 0.09);   // a syllable takes its time
        }
    }

    [Fact]
    public void Prompts_are_small_enough_to_ship() =>
        Assert.InRange(PromptLibrary.All.Sum(prompt => 2 * prompt.Pcm.Length), 1, 3_600_000);

    [Fact]
    public void Story_is_long_enough_to_talk_into() =>
        Assert.True(PromptLibrary.Get("story").Duration > TimeSpan.FromSeconds(15));

    [Fact]
    public void Unknown_prompt_is_refused_with_the_known_ones() =>
        Assert.Contains("greeting", Assert.Throws<ArgumentException>(() => PromptLibrary.Get("nothing")).Message, StringComparison.Ordinal);
}
