using Support;
using Telephony.Audio;

namespace Telephony.Tests.Audio;

public class PcmLevelTests
{
    [Fact]
    public void Full_scale_square_wave_is_0_dBov_and_sine_is_3_dB_below()
    {
        var square = Enumerable.Range(0, 163).Select(i => i % 2 == 0 ? short.MinValue : short.MaxValue).ToArray();
        Assert.Equal(0, PcmLevel.RmsDbov(square), tolerance: 0.001);
        Assert.Equal(0, PcmLevel.PeakDbov(square), tolerance: 0.001);
        Assert.Equal(-3.01, PcmLevel.RmsDbov(Tone.Sine(8000, 1000, 8000, 32_767)), tolerance: 0.01);
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(159)]
    public void Silence_has_the_lowest_level(int samples)
    {
        Assert.Equal(PcmLevel.SilenceDbov, PcmLevel.RmsDbov(new short[samples]));
        Assert.Equal(PcmLevel.SilenceDbov, PcmLevel.PeakDbov(new short[samples]));
    }

    [Fact]
    public void Agrees_with_plain_arithmetic_for_every_length()
    {
        var random = new Random(5);
        for (var length = 1; length < 100; length++)
        {
            var pcm = Enumerable.Range(0, length).Select(_ => (short)random.Next(-32_768, 32_768)).ToArray();
            Assert.Equal(Math.Sqrt(pcm.Average(s => (double)s * s)), PcmLevel.Rms(pcm), tolerance: 1e-6);
            Assert.Equal(pcm.Max(s => Math.Abs((int)s)), PcmLevel.Peak(pcm));
        }
    }

    [Fact]
    public void Loudest_sample_everywhere_does_not_overflow()
    {
        var pcm = Enumerable.Repeat(short.MinValue, 48_000).ToArray();
        Assert.Equal(32_768, PcmLevel.Rms(pcm));
        Assert.Equal(32_768, PcmLevel.Peak(pcm));
    }

    [Fact]
    public void Amplitude_and_level_convert_into_each_other() =>
        Assert.Equal(-40, PcmLevel.RmsDbov(Enumerable.Repeat((short)Math.Round(PcmLevel.FromDbov(-40)), 160).ToArray()), tolerance: 0.02);
}
