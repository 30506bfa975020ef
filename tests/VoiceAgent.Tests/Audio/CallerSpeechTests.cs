using Support;
using Telephony.Audio;
using VoiceAgent.Audio;

namespace VoiceAgent.Tests.Audio;

public sealed class CallerSpeechTests
{
    private const int FrameSamples = 320;

    private readonly ManualTimeProvider _clock = new();
    private readonly CallerSpeech _speech;
    private readonly Random _random = new(1);
    private readonly List<bool> _changes = [];

    public CallerSpeechTests()
    {
        _speech = new CallerSpeech(_clock);
        _speech.Changed = () => _changes.Add(_speech.IsSpeaking);
    }

    [Fact]
    public void Words_begin_and_end_and_the_end_is_known_to_the_frame()
    {
        Say(-60, 1_000);
        Say(-20, 600);
        var end = _clock.GetTimestamp();
        Assert.Equal([true], _changes);
        Say(-60, 380);
        Assert.True(_speech.IsSpeaking);
        Say(-60, 20);
        Assert.Equal([true, false], _changes);
        Assert.Equal(end, _speech.SpokeAt);
    }

    [Fact]
    public void Pauses_between_words_are_no_end_and_a_click_is_no_speech()
    {
        for (var i = 0; i < 5; i++)
        {
            Say(-20, 300);
            Say(-60, 300);
        }
        Assert.Equal([true], _changes);
        Say(-60, 1_000);
        Say(-15, 100);
        Say(-60, 1_000);
        Assert.Equal([true, false], _changes);
    }

    // What is not steady must not wait on its way to the model: its beginning and its end are what turns are taken by.
    [Fact]
    public void Speech_is_steady_once_it_has_lasted_and_silence_once_nobody_waits_for_its_end()
    {
        Say(-60, 1_480);
        Assert.False(_speech.IsSteady);
        Say(-60, 20);
        Assert.True(_speech.IsSteady);
        Say(-20, 20);
        Assert.False(_speech.IsSteady);
        Say(-20, 260);
        Assert.False(_speech.IsSteady);
        Say(-20, 20);
        Assert.True(_speech.IsSteady);
        Say(-60, 20);
        Assert.False(_speech.IsSteady);
        Say(-20, 40);
        Assert.False(_speech.IsSteady);   // the caller goes on: that takes the end of the turn back
        Say(-20, 20);
        Assert.True(_speech.IsSteady);
        Say(-60, 1_480);
        Assert.False(_speech.IsSteady);
        Say(-60, 10_000);
        Assert.True(_speech.IsSteady);
        Say(-50, 20);
        Assert.False(_speech.IsSteady);   // too soft for us, and perhaps not for the model
        Say(-50, 1_000);
        Assert.False(_speech.IsSteady);
        Say(-50, 2_000);
        Assert.True(_speech.IsSteady);   // noise
    }

    [Fact]
    public void Lasting_noise_does_not_keep_the_caller_speaking()
    {
        Say(-60, 1_000);
        Say(-38, 15_000);
        Assert.False(_speech.IsSpeaking);
        Say(-18, 600);
        Assert.True(_speech.IsSpeaking);
        Say(-38, 500);
        Assert.False(_speech.IsSpeaking);
    }

    [Fact]
    public void Echo_of_what_is_being_played_is_not_the_caller()
    {
        Say(-60, 1_000);
        Say(-30, 1_000, echoDbov: -20);
        Assert.Empty(_changes);
        Say(-20, 1_000, echoDbov: -20);
        Assert.Equal([true], _changes);
    }

    private void Say(double dbov, int ms, double echoDbov = PcmLevel.SilenceDbov)
    {
        var frame = new short[FrameSamples];
        var peak = PcmLevel.FromDbov(dbov) * Math.Sqrt(3);   // evenly distributed samples
        for (var at = 0; at < ms; at += 20)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            foreach (ref var sample in frame.AsSpan())
                sample = (short)((_random.NextDouble() * 2 - 1) * peak);
            _speech.Take(frame, PcmLevel.FromDbov(echoDbov));
        }
    }
}
