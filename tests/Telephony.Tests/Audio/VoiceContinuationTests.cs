using Support;
using Support.Audio;
using Telephony.Audio;

namespace Telephony.Tests.Audio;

/// <summary>What is made up where a voice ends unasked: it goes on as it was, and never louder.</summary>
public class VoiceContinuationTests
{
    private const int Rate = 24_000;
    private const int Following = Rate / 100;

    private readonly VoiceContinuation _continuation = new(Rate);

    [Theory]
    [InlineData(120)]
    [InlineData(440)]
    [InlineData(1_000)]
    public void Tone_goes_on_in_its_phase_and_falls(int hz)
    {
        var tone = Tone.Sine(Rate, hz, Rate, 10_000);
        var made = Continue(tone, 7_001);
        var meant = tone.AsSpan(7_001, Following);
        double along = 0, energy = 0, own = 0;
        for (var i = 0; i < Following; i++)
            (along, energy, own) = (along + (double)made[i] * meant[i], energy + (double)meant[i] * meant[i], own + (double)made[i] * made[i]);
        Assert.True(along / Math.Sqrt(energy * own) > 0.95, $"{along / Math.Sqrt(energy * own):0.00}");
        Assert.InRange(Math.Sqrt(own / energy), 0.3, 1.05);
        Assert.InRange(Math.Abs(made[0] - meant[0]), 0, 500);
    }

    [Fact]
    public void Voice_goes_on_much_as_it_would_have()
    {
        var voice = SyntheticVoice.Create(Rate, 12 * Rate, seed: 5);
        var (random, differs, alike) = (new Random(3), 0.0, 0.0);
        for (var i = 0; i < 200; i++)
        {
            var place = random.Next(Rate, 11 * Rate);
            var made = Continue(voice, place);
            for (var j = 0; j < Following; j++)
                (differs, alike) = (differs + Square(made[j] - voice[place + j]), alike + Square(voice[place + j]));
        }
        Assert.InRange(10 * Math.Log10(differs / alike), -30, -4);
    }

    [Fact]
    public void Silence_stays_silent() => Assert.All(Continue(new short[Rate], Rate / 2), sample => Assert.Equal(0, sample));

    [Theory]
    [InlineData("full noise")]
    [InlineData("square")]
    [InlineData("pulse")]
    [InlineData("highest tone")]
    [InlineData("level")]
    [InlineData("bits")]
    public void Whatever_comes_is_not_answered_louder(string sound)
    {
        var random = new Random(4);
        var past = new short[Rate];
        for (var i = 0; i < past.Length; i++)
            past[i] = (short)(sound switch
            {
                "full noise" => random.Next(short.MinValue, short.MaxValue + 1),
                "square" => i / 50 % 2 == 0 ? short.MaxValue : short.MinValue,
                "pulse" => i == 12_000 - 1 ? short.MaxValue : 0,
                "highest tone" => i % 2 == 0 ? 30_000 : -30_000,
                "level" => -30_000,
                _ => random.Next(-1, 2),
            });
        var made = Continue(past, 12_000);
        Assert.InRange(PcmLevel.Rms(made), 0, 1.1 * PcmLevel.Rms(past.AsSpan(12_000 - 720, 720)) + 1);
    }

    [Theory]
    [InlineData(8_000)]
    [InlineData(16_000)]
    [InlineData(48_000)]
    public void Every_rate_is_continued(int rateHz)
    {
        var continuation = new VoiceContinuation(rateHz);
        var tone = Tone.Sine(rateHz, 400, rateHz, 10_000);
        var made = new short[rateHz / 50];
        continuation.Continue(tone.AsSpan(500, continuation.PastSamples), made);
        Assert.InRange(Math.Abs(made[0] - tone[500 + continuation.PastSamples]), 0, 800);
        Assert.InRange(PcmLevel.Rms(made), 500, 7_500);
    }

    [Fact]
    public void Continuing_allocates_nothing()
    {
        var (voice, made) = (SyntheticVoice.Create(Rate, Rate, seed: 5), new short[Following]);
        Assert.Equal(0, Allocations.Of(() => _continuation.Continue(voice.AsSpan(0, _continuation.PastSamples), made), runs: 100));
    }

    [Fact]
    public void Rates_below_those_of_phones_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new VoiceContinuation(4_000));

    [Fact]
    public void Steps_are_eased_without_a_corner()
    {
        short[] wave = [100, 300, 700, 1_300, 1_900, 2_100, 2_000, 1_600];
        var eased = wave.ToArray();
        PcmSlope.Ease(eased, before: 0, most: 300);
        Assert.InRange(PcmSlope.Steepest(eased), 150, 450);
        Assert.InRange(eased[0], 80, 100);
        Assert.All(eased[4..].Zip(wave[4..]), pair => Assert.Equal(0.5, (double)pair.First / pair.Second, tolerance: 0.01));
        var kept = wave.ToArray();
        PcmSlope.Ease(kept, before: 0, most: 600);
        Assert.Equal(wave, kept);
    }

    private static double Square(double value) => value * value;

    private short[] Continue(short[] sound, int place)
    {
        var made = new short[Following];
        _continuation.Continue(sound.AsSpan(place - _continuation.PastSamples, _continuation.PastSamples), made);
        return made;
    }
}
