using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Support;
using VoiceAgent.Calls;

namespace VoiceAgent.Tests.Calls;

/// <summary>What callers hear before the answer and on hold, as settings.</summary>
public sealed class EarlyMediaOptionsTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "config");

    [Fact]
    public void A_prompt_without_a_file_is_refused_at_start()
    {
        var options = new CallOptions { EarlyMedia = EarlyMedia.Prompt };
        var error = Assert.Single(options.Validate(new ValidationContext(options)));
        Assert.Equal("Calls:EarlyMedia = 'Prompt' needs Calls:EarlyPrompt, a WAV file.", error.ErrorMessage);
    }

    [Theory]
    [InlineData("Calls:EarlyPrompt")]
    [InlineData("Calls:HoldMusic")]
    public void A_file_that_is_not_there_is_refused_with_its_key(string key)
    {
        var options = key == "Calls:EarlyPrompt" ? new CallOptions { EarlyPrompt = "none.wav" } : new CallOptions { HoldMusic = "none.wav" };
        var refused = Assert.Throws<OptionsValidationException>(() => new AnnouncementLibrary(options, Folder));
        Assert.StartsWith($"{key} = 'none.wav' cannot be used", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hold_music_is_the_filler_unless_there_is_some()
    {
        var library = new AnnouncementLibrary(new CallOptions(), Folder);
        Assert.Same(library.Filler, library.HoldMusic);
        Assert.Equal("moment.en", new AnnouncementLibrary(new CallOptions { HoldMusic = "prompts/moment.en.wav" }, Folder).HoldMusic!.Name);
    }

    [Fact]
    public void The_prompt_is_repeated_from_its_beginning()
    {
        var prompt = new AnnouncementLibrary(new CallOptions { EarlyPrompt = "prompts/moment.en.wav" }, Folder).EarlyPrompt!;
        var frame = new short[prompt.Samples.Length + 100];
        Assert.Equal(frame.Length, prompt.Repeated().Read(frame));
        Assert.True(frame.AsSpan(prompt.Samples.Length).SequenceEqual(prompt.Samples[..100]));
    }
}
