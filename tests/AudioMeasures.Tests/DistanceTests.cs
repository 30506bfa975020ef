using Support;
using Support.Audio;

namespace AudioMeasures.Tests;

/// <summary>Measures of how far two signals are apart, against values that are known.</summary>
public class DistanceTests
{
    private const int RateHz = 8000;

    private static readonly short[] Voice = SyntheticVoice.Create(RateHz, RateHz * 2, seed: 1);

    [Theory]
    [InlineData(0, 1.0)]
    [InlineData(37, 0.5)]
    [InlineData(160, 1.2)]
    public void Snr_finds_the_delay_removes_the_gain_and_measures_what_was_added(int delay, double gain)
    {
        var random = new Random(2);
        var heard = new short[Voice.Length + delay];
        for (var i = 0; i < Voice.Length; i++)
            heard[i + delay] = (short)Math.Round(gain * (Voice[i] + 327.6 * Math.Sqrt(3) * (2 * random.NextDouble() - 1)));
        var measured = AlignedSnr.Of(Voice, heard, 200);
        Assert.Equal(delay, measured.DelaySamples);
        Assert.Equal(gain, measured.Gain, tolerance: 0.01);
        Assert.Equal(20, measured.Db, tolerance: 0.3);      // the voice has an RMS of 3276
    }

    [Fact]
    public void Snr_of_an_exact_copy_is_infinite() => Assert.Equal(double.PositiveInfinity, AlignedSnr.Of(Voice, Voice, 10).Db);

    [Fact]
    public void Segmental_snr_weighs_each_piece_and_is_clamped()
    {
        short[] tone = [.. Tone.Sine(RateHz, 400, 1600, 10_000)];
        var half = tone.Select((sample, i) => i < 800 ? sample : (short)(sample * 0.9)).ToArray();      // second half: 20 dB
        Assert.Equal((35 + 20) / 2.0, SegmentalSnr.Db(tone, half, RateHz), tolerance: 0.1);
        Assert.Equal(0, SegmentalSnr.Db(tone, new short[1600], RateHz), tolerance: 0.01);
        Assert.Equal(35, SegmentalSnr.Db(new short[1600], new short[1600], RateHz));
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16_000)]
    public void Log_spectral_distance_of_half_the_level_is_6_dB(int rateHz)
    {
        var random = new Random(1);
        var noise = Enumerable.Range(0, rateHz).Select(_ => (short)random.Next(-20_000, 20_000)).ToArray();
        short[] halved = [.. noise.Select(sample => (short)(sample / 2))];
        Assert.Equal(6.02, LogSpectralDistance.Db(noise, halved, rateHz), tolerance: 0.1);
        Assert.Equal(0, LogSpectralDistance.Db(noise, noise, rateHz));
    }

    [Fact]
    public void Click_index_sees_a_cut_and_not_a_fade()
    {
        var tone = Tone.Sine(RateHz, 400, RateHz, 10_000);
        var cut = tone.Select((sample, i) => i < 4005 ? sample : (short)0).ToArray();
        var faded = tone.Select((sample, i) => (short)(sample * Math.Clamp((4085 - i) / 80.0, 0, 1))).ToArray();
        Assert.True(ClickIndex.Db(cut, RateHz, 4005) > 6);
        Assert.True(ClickIndex.Db(tone, cut, RateHz, 4005) > 6);
        Assert.True(ClickIndex.Db(faded, RateHz, 4005) <= 0);
        Assert.True(ClickIndex.Db(tone, faded, RateHz, 4005) <= 0);
    }

    /// <summary>What rounding and interpolation leave is none; the smallest that is none yet is far below what an ear hears.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(9, 0)]
    [InlineData(20, 0.017)]
    [InlineData(1_220, 1)]
    public void Click_index_is_what_a_step_exceeds_the_voice_by(int more, double expectedDb)
    {
        var clean = new short[RateHz];
        clean.AsSpan(4_000).Fill(10_000);
        var heard = clean.Select((sample, i) => (short)(sample + (i >= 4_000 ? more : 0))).ToArray();
        Assert.Equal(expectedDb, ClickIndex.Db(clean, heard, RateHz, 4_000), tolerance: 0.001);
    }

    [Fact]
    public void Click_index_hears_a_tick_that_steps_less_than_the_voice_does()
    {
        const int Rate = 24_000;
        var tone = Tone.Sine(Rate, 400, Rate, 12_000);
        var ticked = tone.Select((sample, i) => (short)(sample + (i is >= 12_000 and < 12_048 ? (i % 4 < 2 ? 200 : -200) : 0))).ToArray();
        Assert.True(ClickIndex.Db(tone, ticked, Rate, 12_024) < 3);
        Assert.True(ClickIndex.BurstDb(tone, ticked, Rate, 12_024) > 12);
        Assert.Equal(0, ClickIndex.BurstDb(tone, tone, Rate, 12_024));
    }

    /// <summary>The mirror image of a voice has no step where it begins, and yet its pulses, turned around, are heard.</summary>
    [Fact]
    public void A_voice_that_is_turned_around_bursts_without_a_step()
    {
        const int Rate = 24_000;
        var voice = SyntheticVoice.Create(Rate, 12 * Rate, seed: 5);
        var (random, steps, bursts, worst) = (new Random(14), 0, 0, 0.0);
        for (var i = 0; i < 500; i++)
        {
            var at = random.Next(Rate, 11 * Rate);
            var turned = voice[..(at + 960)];
            for (var j = 0; j < 240; j++)
                turned[at + j] = (short)(voice[at - 1 - j] * (240 - j) / 240);
            turned.AsSpan(at + 240).Clear();
            steps += ClickIndex.Db(voice, turned, Rate, at + 120) > 0.1 ? 1 : 0;
            bursts += ClickIndex.BurstDb(voice, turned, Rate, at + 120) > 3 ? 1 : 0;
            worst = Math.Max(worst, ClickIndex.BurstDb(voice, turned, Rate, at + 120));
        }
        Assert.InRange(steps, 0, 10);
        Assert.InRange(bursts, 30, 100);
        Assert.InRange(worst, 10, 20);
    }

    [Fact]
    public void Worst_band_hears_a_thump_where_the_voice_is_high()
    {
        const int Rate = 24_000;
        var tone = Tone.Sine(Rate, 2_000, Rate, 12_000);
        var thumped = tone.Select((sample, i) => (short)(sample + (i is >= 12_000 and < 12_240 ? 2_000 * Math.Sin(Math.PI * (i - 12_000) / 240) : 0))).ToArray();
        Assert.Equal(0, ClickIndex.Db(tone, thumped, Rate, 12_120), tolerance: 0.2);
        Assert.Equal(0, ClickIndex.BurstDb(tone, thumped, Rate, 12_120), tolerance: 0.5);
        Assert.True(ClickIndex.WorstBandDb(tone, thumped, Rate, 12_120) > 12);
        Assert.Equal(0, ClickIndex.WorstBandDb(tone, tone, Rate, 12_120));
    }

    [Fact]
    public void Worst_band_remembers_for_40_ms_only()
    {
        const int Rate = 24_000;
        var steady = Tone.Sine(Rate, 400, Rate, 8_000);
        var hiss = new Random(5);
        short[] Hissing(int from) => [.. steady.Select((sample, i) => (short)(sample + (i >= from && i < from + 240 ? hiss.Next(-3_000, 3_000) : 0)))];
        var (early, late) = (Hissing(9_600), Hissing(11_400));
        var ticked = Hissing(12_000);
        Assert.True(ClickIndex.WorstBandDb(early, ticked, Rate, 12_120) > 12);
        Assert.True(ClickIndex.WorstBandDb(late, ticked, Rate, 12_120) < 3);
        Assert.True(ClickIndex.BurstDb(early, ticked, Rate, 12_120) < 3);
    }

    [Fact]
    public void Intelligibility_is_1_undamaged_and_falls_with_noise()
    {
        var random = new Random(3);
        double Noisy(double amplitude) => Stoi.Of(Voice, [.. Voice.Select(s => (short)Math.Clamp(s + amplitude * (2 * random.NextDouble() - 1), -32_768, 32_767))], RateHz);
        Assert.Equal(1, Stoi.Of(Voice, Voice, RateHz), tolerance: 1e-6);
        Assert.Equal(1, Stoi.Of(Voice, [.. Voice.Select(sample => (short)(sample / 2))], RateHz), tolerance: 0.01);
        var (little, much) = (Noisy(500), Noisy(10_000));
        Assert.InRange(little, 0.75, 0.999);
        Assert.InRange(much, -0.2, little - 0.15);
    }

    [Fact]
    public void Tones_are_measured_to_the_hundredth_of_a_decibel()
    {
        var tone = Tone.Sine(RateHz, 400, RateHz, 10_000);
        var bent = tone.Zip(Tone.Sine(RateHz, 800, RateHz, 100), (one, other) => (short)(one + other)).ToArray();
        Assert.Equal(-6.02, ToneMeasures.LevelDb(tone, RateHz, 400, 20_000), tolerance: 0.01);
        Assert.Equal(-40, ToneMeasures.HarmonicDistortionDb(bent, RateHz, 400), tolerance: 0.1);
        Assert.Equal(6.02, ToneMeasures.RippleDb(hz => Tone.Sine(RateHz, hz, RateHz, hz < 1000 ? 10_000 : 5_000), RateHz, [400, 800, 1600]), tolerance: 0.01);
    }

    [Fact]
    public void A_sweep_passes_every_frequency_in_its_time()
    {
        var sweep = Sweep.Create(RateHz, 200, 3400, RateHz * 2);
        for (var at = 0; at + 400 <= sweep.Length; at += 2000)
        {
            var hz = 200 + 3200.0 * (at + 200) / sweep.Length;
            Assert.True(Tone.Amplitude(sweep.AsSpan(at, 400), RateHz, hz) > 6_000);
            Assert.True(Tone.Amplitude(sweep.AsSpan(at, 400), RateHz, hz + 300) < 3_000);
        }
    }
}
