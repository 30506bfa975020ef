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

    [Fact]
    public void Lowest_level_is_silence()
    {
        var pcm = new short[160];
        new ComfortNoise().Fill(pcm, PcmLevel.SilenceDbov);
        Assert.All(pcm, sample => Assert.Equal(0, sample));
    }
}
