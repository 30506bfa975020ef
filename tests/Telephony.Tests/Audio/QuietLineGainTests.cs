using AudioMeasures;
using Support;
using Support.Audio;
using Telephony.Audio;

namespace Telephony.Tests.Audio;

public sealed class QuietLineGainTests
{
    private const int Rate = 16_000;
    private const int BlockSamples = 320;
    private const double MostDb = 12;

    private readonly QuietLineGain _gain = new(Rate, MostDb);

    [Theory]
    [InlineData(-45, MostDb)]
    [InlineData(-33, 8)]
    [InlineData(-20, 0)]
    [InlineData(-10, 0)]
    public void Quiet_callers_are_raised_towards_an_ordinary_level_and_others_left_alone(double dbov, double wantedDb)
    {
        var voice = Voice(dbov, seconds: 20);
        var heard = Play(voice);
        Assert.InRange(_gain.GainDb, Math.Max(0, wantedDb - 2.5), Math.Min(MostDb, wantedDb + 2.5));
        Assert.Equal(_gain.GainDb, PcmLevel.RmsDbov(heard.AsSpan(^Rate..)) - PcmLevel.RmsDbov(voice.AsSpan(^Rate..)), tolerance: 0.7);
        if (wantedDb == 0)
            Assert.Equal(voice, heard);
    }

    [Fact]
    public void Gain_rises_slowly_and_makes_no_click()
    {
        var voice = Voice(-45, seconds: 10);
        var heard = new List<short>();
        var last = 0.0;
        foreach (var block in voice.Chunk(BlockSamples))
        {
            heard.AddRange(_gain.Process(block, mayBeEcho: false));
            Assert.InRange(_gain.GainDb - last, -0.25, 0.0601);   // 12 dB down and 3 dB up in a second
            last = _gain.GainDb;
        }
        // 12 dB in 10 s is less than a step of 0.1 dB in 10 ms: no click may come of it anywhere.
        var loudest = voice.Select(sample => (short)Math.Clamp(sample * 4, short.MinValue, short.MaxValue)).ToArray();
        for (var at = Rate; at < voice.Length; at += BlockSamples)
            Assert.InRange(ClickIndex.Db(loudest, heard.ToArray(), Rate, at), -100, 0.1);
    }

    [Fact]
    public void Pauses_noise_and_digital_silence_are_never_pulled_up()
    {
        var random = new Random(1);
        Play([.. Enumerable.Range(0, 20 * Rate).Select(_ => (short)random.Next(-40, 41))]);
        Assert.Equal(0, _gain.GainDb);
        Play(new short[5 * Rate]);
        Assert.Equal(0, _gain.GainDb);
    }

    [Fact]
    public void What_may_be_our_own_echo_is_neither_learned_nor_raised()
    {
        var echo = Voice(-45, seconds: 10);
        Assert.Equal(echo, Play(echo, mayBeEcho: true));
        Assert.Equal(0, _gain.GainDb);
        Play(Voice(-45, seconds: 10));
        Assert.InRange(_gain.GainDb, 9.5, MostDb);
        Assert.Equal(echo[BlockSamples..], Play(echo, mayBeEcho: true)[BlockSamples..]);
        Assert.InRange(_gain.GainDb, 9.5, MostDb);
    }

    [Fact]
    public void Shout_after_whispers_is_not_cut_flat()
    {
        Play(Voice(-45, seconds: 10));
        var heard = Play(Voice(-20, seconds: 5));
        var flat = heard.Zip(heard.Skip(1)).Count(pair => Math.Abs((int)pair.First) >= PeakLimiter.Ceiling && pair.First == pair.Second);
        Assert.InRange(flat, 0, 20);
        Assert.InRange(_gain.GainDb, 0, 0.5);
    }

    [Fact]
    public void Raising_allocates_nothing()
    {
        var block = Voice(-45, seconds: 1)[..BlockSamples];
        Assert.Equal(0, Allocations.Of(() => _gain.Process(block, mayBeEcho: false)));
    }

    private short[] Play(short[] pcm, bool mayBeEcho = false)
    {
        var heard = new List<short>();
        foreach (var block in pcm.Chunk(BlockSamples))
            heard.AddRange(_gain.Process(block, mayBeEcho));
        return [.. heard];
    }

    // Speech of that level, over the noise of a quiet line.
    private static short[] Voice(double dbov, int seconds)
    {
        var voice = SyntheticVoice.Create(Rate, seconds * Rate, seed: 4);
        var scale = Math.Pow(10, (dbov - PcmLevel.RmsDbov(voice)) / 20);
        return [.. voice.Select(sample => (short)Math.Clamp(Math.Round(sample * scale), short.MinValue, short.MaxValue))];
    }
}
