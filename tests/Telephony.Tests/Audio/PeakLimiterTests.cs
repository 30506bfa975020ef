using AudioMeasures;
using Support;
using Support.Audio;
using Telephony.Audio;

namespace Telephony.Tests.Audio;

public sealed class PeakLimiterTests
{
    private const int Rate = 8_000;
    private const int FrameSamples = 160;

    [Fact]
    public void What_a_codec_can_carry_passes_untouched()
    {
        var voice = Loud(SyntheticVoice.Create(Rate, 10 * Rate, seed: 1), peak: PeakLimiter.Ceiling);
        Assert.Equal(voice, Limit(voice));
    }

    [Fact]
    public void Peak_that_is_larger_than_the_last_one_by_rounding_alone_is_limited_like_any_other()
    {
        // The first one's gain takes the second one to the ceiling exactly: no sample is above it, although the gain must go down.
        var limiter = new PeakLimiter(Rate);
        foreach (var peak in (float[])[32_347.482f, 32_347.484f])
        {
            var block = Enumerable.Repeat(peak, FrameSamples).ToArray();
            limiter.Process(block);
            Assert.All(block, sample => Assert.InRange(sample, 0, PeakLimiter.Ceiling));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Peaks_are_turned_down_to_the_ceiling_and_hardly_ever_cut_flat(int seed)
    {
        var voice = Loud(SyntheticVoice.Create(Rate, 10 * Rate, seed), peak: 2 * PeakLimiter.Ceiling);
        var limited = Limit(voice);
        Assert.All(limited, sample => Assert.InRange(Math.Abs(sample), 0, PeakLimiter.Ceiling));
        // Those few came in the first 2 ms of a frame.
        Assert.InRange(Flat(limited), 0, Flat(voice) / 20);
        Assert.InRange(Flat(voice), 100, voice.Length);
    }

    [Fact]
    public void Overshoot_of_the_resamplers_filter_is_not_cut_flat_for_a_signal_of_minus_1_dBov()
    {
        // Goal B26. Edges are the filter's worst case; a voice has none so steep.
        var peak = PcmLevel.FromDbov(-1);
        var square = Enumerable.Range(0, 24_000).Select(i => (short)(i / 73 % 2 == 0 ? peak : -peak)).ToArray();
        var (resampler, resampled) = (new Resampler(24_000, Rate), new float[Rate]);
        resampler.Process(square, resampled);
        Assert.InRange(resampled.Max(), PeakLimiter.Ceiling + 1, 40_000);
        var limited = Limit(resampled);
        Assert.Equal(0, Flat(limited));
        Assert.All(limited, sample => Assert.InRange(Math.Abs(sample), 0, PeakLimiter.Ceiling));
    }

    [Fact]
    public void Sine_that_is_6_dB_too_loud_is_distorted_far_less_than_by_cutting()
    {
        var sine = Tone.Sine(Rate, 300, 2 * Rate, 20_000).Select(sample => sample * 2 * PeakLimiter.Ceiling / 20_000).ToArray();
        var limited = ToPcm(Limit(sine)).AsSpan(Rate, Rate);
        var cut = ToPcm([.. sine.Select(sample => Math.Clamp(sample, -PeakLimiter.Ceiling, PeakLimiter.Ceiling))]).AsSpan(Rate, Rate);
        Assert.InRange(SineFit.Of(limited, Rate, 300).SnrDb - SineFit.Of(cut, Rate, 300).SnrDb, 15, 100);
    }

    [Fact]
    public void Level_comes_back_slowly_and_to_the_bit()
    {
        var sine = Tone.Sine(Rate, 300, Rate, 8_000).Select(sample => (float)sample).ToArray();
        var burst = (float[])sine.Clone();
        for (var i = 800; i < 960; i++)
            burst[i] *= 8;
        var limited = Limit(burst);
        Assert.Equal(sine[..640], limited[..640]);
        Assert.Equal(sine[2_000..], limited[2_000..]);
        Assert.InRange(ClickIndex.Db(ToPcm(burst), ToPcm(limited), Rate, 960), -100, 0);
    }

    [Fact]
    public void Limiting_allocates_nothing()
    {
        var (limiter, frame, loud) = (new PeakLimiter(Rate), new float[FrameSamples], Enumerable.Repeat(60_000f, FrameSamples).ToArray());
        Assert.Equal(0, Allocations.Of(() =>
        {
            loud.CopyTo(frame, 0);
            limiter.Process(frame);
        }));
    }

    // Neighbours at the ceiling or above it: a wave that is cut flat, or would be.
    private static int Flat(float[] samples) => samples.Zip(samples.Skip(1)).Count(pair => Math.Abs(pair.First) >= PeakLimiter.Ceiling && Math.Abs(pair.Second) >= PeakLimiter.Ceiling);

    private static float[] Loud(short[] voice, float peak)
    {
        var scale = peak / voice.Max(sample => Math.Abs((float)sample));
        return [.. voice.Select(sample => sample * scale)];
    }

    private static float[] Limit(float[] input)
    {
        var (limiter, output) = (new PeakLimiter(Rate), (float[])input.Clone());
        for (var start = 0; start < output.Length; start += FrameSamples)
            limiter.Process(output.AsSpan(start, Math.Min(FrameSamples, output.Length - start)));
        return output;
    }

    private static short[] ToPcm(float[] samples) => [.. samples.Select(sample => (short)Math.Clamp(MathF.Round(sample), short.MinValue, short.MaxValue))];
}
