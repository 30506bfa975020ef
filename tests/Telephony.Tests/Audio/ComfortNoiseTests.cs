using Telephony.Audio;

namespace Telephony.Tests.Audio;

public class ComfortNoiseTests
{
    [Theory]
    [InlineData(-30), InlineData(-50), InlineData(-70)]
    public void Noise_has_the_level_asked_for(double dbov)
    {
        var pcm = new short[8000];
        new ComfortNoise().Fill(pcm, dbov);
        Assert.Equal(dbov, PcmLevel.RmsDbov(pcm), tolerance: 0.5);
    }

    [Fact]
    public void Noise_is_white()
    {
        var pcm = new short[80_000];
        new ComfortNoise(seed: 9).Fill(pcm, -20);
        var power = pcm.Average(s => (double)s * s);
        for (var lag = 1; lag <= 40; lag++)
            Assert.InRange(pcm.Skip(lag).Zip(pcm, (a, b) => (double)a * b).Average() / power, -0.03, 0.03);
    }

    /// <summary>RFC 3389 section 3.2: a first coefficient of -0.8 is noise of a room, more low than high, at the same level.</summary>
    [Theory]
    [InlineData(-0.8)]
    [InlineData(0.5)]
    public void Noise_has_the_spectrum_that_was_described_at_the_level_asked_for(double first)
    {
        var (noise, pcm) = (new ComfortNoise(), new short[80_000]);
        noise.Shape([Quantized(first)]);
        noise.Fill(pcm, -30);
        Assert.Equal(-30, PcmLevel.RmsDbov(pcm), tolerance: 0.5);
        var power = pcm.Average(s => (double)s * s);
        Assert.Equal(-first, pcm.Skip(1).Zip(pcm, (a, b) => (double)a * b).Average() / power, tolerance: 0.03);
    }

    [Fact]
    public void Second_coefficient_makes_a_resonance()
    {
        var (noise, pcm) = (new ComfortNoise(), new short[80_000]);
        noise.Shape([127, Quantized(0.9)]);   // poles at a quarter of the rate
        noise.Fill(pcm, -30);
        var power = pcm.Average(s => (double)s * s);
        Assert.Equal(-0.9, pcm.Skip(2).Zip(pcm, (a, b) => (double)a * b).Average() / power, tolerance: 0.05);
    }

    [Fact]
    public void Any_description_leaves_the_level_bounded()
    {
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var (noise, pcm, coefficients) = (new ComfortNoise(), new short[1_600], new byte[random.Next(40)]);
            random.NextBytes(coefficients);
            noise.Shape(coefficients);
            noise.Fill(pcm, -40);
            Assert.InRange(PcmLevel.RmsDbov(pcm), -75, -25);
        }
    }

    private static byte Quantized(double reflection) => (byte)Math.Round(127 + reflection * 32_768 / 258);

    [Fact]
    public void Lowest_level_is_silence()
    {
        var pcm = new short[160];
        new ComfortNoise().Fill(pcm, PcmLevel.SilenceDbov);
        Assert.All(pcm, sample => Assert.Equal(0, sample));
    }
}
