using Support;
using Telephony.Audio;
using VoiceAgent.Audio;

namespace VoiceAgent.Tests.Audio;

public sealed class LineAudioTests
{
    private const int Rate = PlayoutBuffer.RateHz;
    private const int FrameSamples = 480;

    private readonly ManualTimeProvider _clock = new();
    private readonly PlayoutBuffer _agent = new(TimeSpan.FromSeconds(60));
    private readonly LineAudio _line;
    private readonly Announcement _filler = new("filler", Tone.Sine(Rate, 440, Rate / 2, 1_000));
    private readonly Announcement _prompt = new("prompt", Tone.Sine(Rate, 660, Rate, 3_000));

    public LineAudioTests() => _line = new LineAudio(_agent, _clock);

    [Fact]
    public void Without_announcements_the_agent_comes_through_sample_by_sample()
    {
        var speech = Tone.Sine(Rate, 300, Rate, 8_000);
        _agent.Write(speech, Rate, 1);
        Assert.Equal(speech, Play(50));
    }

    [Fact]
    public void Idle_line_is_silence_and_says_so()
    {
        var frame = new short[FrameSamples];
        Assert.Equal(0, _line.Read(frame));
        Assert.All(frame, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Filler_is_repeated_until_it_is_stopped_and_fades_within_10_ms()
    {
        _line.StartFiller(_filler);
        var heard = Play(100);
        for (var i = 0; i < 4; i++)
            Assert.Equal(_filler.Samples[240..].ToArray(), heard[(i * Rate / 2 + 240)..((i + 1) * Rate / 2)]);
        _line.StopFiller();
        var after = Play(2);
        Assert.Contains(after[..PlayoutFade.OutSamples], sample => sample != 0);
        Assert.All(after[PlayoutFade.OutSamples..], sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Agent_ends_the_filler_within_its_first_frame_and_stays_the_only_sound()
    {
        _line.StartFiller(_filler);
        Play(20);
        var speech = Tone.Sine(Rate, 300, Rate, 8_000);
        _agent.Write(speech, Rate, 1);
        _agent.CompleteTurn();
        var heard = Play(50);
        Assert.Equal(speech[PlayoutFade.OutSamples..], heard[PlayoutFade.OutSamples..]);
        Assert.All(Play(10)[PlayoutFade.OutSamples..], sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Prompt_takes_the_place_of_the_filler_which_comes_back_after_it()
    {
        _line.StartFiller(_filler);
        Play(10);
        _line.Say(_prompt);
        var heard = Play(60);
        Assert.Equal(_prompt.Samples[PlayoutFade.OutSamples..].ToArray(), heard[PlayoutFade.OutSamples..Rate]);
        Assert.Equal(_filler.Samples[240..(10 * FrameSamples)].ToArray(), heard[(Rate + 240)..]);
    }

    [Fact]
    public void Agent_that_cannot_be_heard_does_not_end_the_filler()
    {
        _line.StartFiller(_filler);
        Play(5);
        _agent.Write(Tone.Sine(Rate, 300, Rate, 10), Rate, 1);
        Assert.True(PcmLevel.RmsDbov(Play(50)) > -40);
        Assert.Equal(0, _line.AgentHeardAt);
        Assert.Equal(0, _agent.QueuedSamples);
    }

    [Fact]
    public void Agent_is_noted_when_it_is_heard()
    {
        _agent.Write(Tone.Sine(Rate, 300, FrameSamples, 8_000), Rate, 1);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Play(2);   // its end fades into the second frame
        var at = _line.AgentHeardAt;
        _clock.Advance(TimeSpan.FromSeconds(1));
        Play(5);
        Assert.Equal(_clock.GetTimestamp() - TimeSpan.FromSeconds(1).Ticks, at);
        Assert.Equal(at, _line.AgentHeardAt);
    }

    [Fact]
    public void Last_words_cut_the_agent_without_a_click_and_nothing_of_it_is_heard_any_more()
    {
        var played = 0;
        _line.FinalPlayed = () => played++;
        _agent.Write(Tone.Sine(Rate, 300, Rate * 5, 8_000), Rate, 1);
        var before = Play(10);
        _line.SayFinally(_prompt);
        var heard = Play(50);
        Assert.Equal(_prompt.Samples[PlayoutFade.OutSamples..].ToArray(), heard[PlayoutFade.OutSamples..]);
        Assert.InRange(Math.Abs(heard[0] - before[^1]), 0, 1_500);
        Assert.Equal(1, played);
        Assert.All(Play(20)[PlayoutFade.OutSamples..], sample => Assert.Equal(0, sample));
        Assert.Equal(1, played);
        _line.StartFiller(_filler);
        Assert.Contains(Play(20), sample => sample != 0);
        Assert.Equal(1, played);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var frame = new short[FrameSamples];
        _agent.Write(Tone.Sine(Rate, 300, Rate * 20, 8_000), Rate, 1);
        Assert.Equal(0, Allocations.Of(() =>
        {
            _line.StartFiller(_filler);
            _line.Read(frame);
            _line.Say(_prompt);
            _line.Read(frame);
        }));
    }

    private short[] Play(int frames)
    {
        var heard = new short[frames * FrameSamples];
        for (var i = 0; i < frames; i++)
            _line.Read(heard.AsSpan(i * FrameSamples, FrameSamples));
        return heard;
    }
}
