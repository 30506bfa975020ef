using Simulation.Live;
using Simulation.Prompts;
using Support;
using Telephony.Audio;

namespace Simulation.Tests.Live;

public sealed class ActivityDetectorTests
{
    private const int SecondSamples = ActivityDetector.SampleRateHz;

    private static readonly ActivitySettings Default = ActivitySettings.From(lowStart: false, lowEnd: false, prefixPaddingMs: null, silenceDurationMs: null);

    [Fact]
    public void Start_is_committed_after_the_prefix_padding_and_end_after_the_silence()
    {
        var detector = new ActivityDetector(ActivitySettings.From(lowStart: false, lowEnd: false, prefixPaddingMs: 200, silenceDurationMs: 700));
        Assert.Equal([(Activity.Started, 1.2), (Activity.Ended, 2.7)], Run(detector, [.. Silence(1), .. Speech(1), .. Silence(1)]));
        Assert.Equal(1_000, detector.UtteranceMs);
    }

    [Fact]
    public void Any_split_of_the_audio_gives_the_same_result()
    {
        short[] audio = [.. Silence(0.5), .. Speech(0.8), .. Silence(1), .. Speech(0.7), .. Silence(0.7)];
        var whole = Run(new ActivityDetector(Default), audio);
        Assert.Equal(4, whole.Count);
        foreach (var piece in new[] { 1, 159, 160, 161, 320, 1_000 })
            Assert.Equal(whole, Run(new ActivityDetector(Default), audio, piece));
    }

    [Fact]
    public void Click_of_ten_milliseconds_is_not_speech() =>
        Assert.Empty(Run(new ActivityDetector(Default), [.. Silence(1), .. Speech(0.01), .. Silence(1)]));

    [Fact]
    public void Pause_between_words_does_not_end_the_utterance() =>
        Assert.Single(Run(new ActivityDetector(Default), [.. Silence(1), .. Speech(0.5), .. Silence(0.3), .. Speech(0.5)]));

    [Fact]
    public void Steady_noise_becomes_the_floor_and_speech_above_it_is_found()
    {
        var random = new Random(1);
        var noise = Enumerable.Range(0, 20 * SecondSamples).Select(_ => (short)random.Next(-250, 250)).ToArray();   // about -47 dBov
        var detector = new ActivityDetector(Default);
        Run(detector, noise);
        Assert.False(detector.InSpeech);
        Assert.Equal(Activity.Started, Run(detector, Speech(0.5))[0].Activity);
    }

    [Theory]
    [InlineData(-43, 1, 0)]
    [InlineData(-38, 1, 1)]
    [InlineData(-55, 0, 0)]
    public void Low_sensitivity_wants_louder_speech(int levelDbov, int highFinds, int lowFinds)
    {
        short[] audio = [.. Silence(1), .. Tone.Sine(SecondSamples, 500, SecondSamples, 32_768 * Math.Sqrt(2) * Math.Pow(10, levelDbov / 20.0))];
        var low = ActivitySettings.From(lowStart: true, lowEnd: false, prefixPaddingMs: null, silenceDurationMs: null);
        Assert.Equal(highFinds, Run(new ActivityDetector(Default), audio).Count);
        Assert.Equal(lowFinds, Run(new ActivityDetector(low), audio).Count);
    }

    [Fact]
    public void Spoken_sentence_is_one_utterance_of_its_length()
    {
        var prompt = PromptLibrary.Get("answer-repair");
        var resampler = new Resampler(PromptLibrary.SampleRateHz, SecondSamples);
        var speech = new short[resampler.MaxOutputSamples(prompt.Pcm.Length)];
        var length = resampler.Process(prompt.Pcm.Span, speech);
        var detector = new ActivityDetector(Default);
        Assert.Equal([Activity.Started, Activity.Ended], Run(detector, [.. Silence(1), .. speech[..length], .. Silence(1)]).Select(found => found.Activity));
        Assert.InRange(detector.UtteranceMs, prompt.Duration.TotalMilliseconds - 300, prompt.Duration.TotalMilliseconds + 50);
    }

    [Fact]
    public void Flush_ends_a_running_utterance_at_once()
    {
        var detector = new ActivityDetector(Default);
        Run(detector, Speech(0.5));
        Assert.Equal(Activity.Ended, detector.Flush());
        Assert.Equal(Activity.None, detector.Flush());
    }

    private static short[] Silence(double seconds) => new short[(int)(seconds * SecondSamples)];

    private static short[] Speech(double seconds) => Tone.Sine(SecondSamples, 300, (int)(seconds * SecondSamples));

    private static List<(Activity Activity, double AtSeconds)> Run(ActivityDetector detector, short[] audio, int pieceSamples = int.MaxValue)
    {
        var found = new List<(Activity, double)>();
        for (var at = 0; at < audio.Length;)
        {
            var activity = detector.Process(audio.AsSpan(at, Math.Min(pieceSamples, audio.Length - at)), out var consumed);
            at += consumed;
            if (activity != Activity.None)
                found.Add((activity, Math.Round((double)at / SecondSamples, 2)));
        }
        return found;
    }
}
