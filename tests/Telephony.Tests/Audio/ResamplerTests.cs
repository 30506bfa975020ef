using Support;
using Support.Audio;
using Telephony.Audio;

namespace Telephony.Tests.Audio;

public class ResamplerTests
{
    private static readonly int[] Rates = [8000, 16_000, 24_000, 48_000];

    public static TheoryData<int, int> Pairs => [.. Rates.SelectMany(i => Rates.Where(o => o != i).Select(o => (i, o)))];

    public static TheoryData<int> AllRates => [.. Rates];

    [Theory, MemberData(nameof(Pairs))]
    public void Any_split_of_the_input_gives_identical_output(int inputRateHz, int outputRateHz)
    {
        var input = SyntheticVoice.Create(inputRateHz, inputRateHz, seed: 3);
        var whole = Process(new Resampler(inputRateHz, outputRateHz), input, [input.Length]);
        var random = new Random(inputRateHz + outputRateHz);
        for (var round = 0; round < 20; round++)
        {
            var chunks = Chunks(input.Length, random, longest: 1 << random.Next(0, 13));
            Assert.Equal(whole, Process(new Resampler(inputRateHz, outputRateHz), input, chunks));
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public void Output_count_never_drifts_from_the_input(int inputRateHz, int outputRateHz)
    {
        var resampler = new Resampler(inputRateHz, outputRateHz);
        var random = new Random(1);
        var input = new short[2000];
        var output = new short[resampler.MaxOutputSamples(input.Length)];
        long given = 0, taken = 0;
        while (given < 10L * inputRateHz)
        {
            var samples = random.Next(0, input.Length + 1);
            var written = resampler.Process(input.AsSpan(0, samples), output);
            Assert.InRange(written, 0, resampler.MaxOutputSamples(samples));
            given += samples;
            taken += written;
            Assert.Equal((given * outputRateHz + inputRateHz - 1) / inputRateHz, taken);
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public void A_frame_gives_exactly_one_frame(int inputRateHz, int outputRateHz)
    {
        var resampler = new Resampler(inputRateHz, outputRateHz);
        var output = new short[outputRateHz / 50];
        Assert.Equal(output.Length, resampler.MaxOutputSamples(inputRateHz / 50));
        for (var frame = 0; frame < 10; frame++)
            Assert.Equal(output.Length, resampler.Process(new short[inputRateHz / 50], output));
    }

    [Theory, MemberData(nameof(Pairs))]
    public void A_steady_level_is_kept(int inputRateHz, int outputRateHz)
    {
        var input = Enumerable.Repeat((short)20_000, inputRateHz).ToArray();
        var output = Process(new Resampler(inputRateHz, outputRateHz), input, [input.Length]);
        Assert.All(output[(outputRateHz / 50)..], sample => Assert.InRange(sample, 19_770, 20_230));   // 0.1 dB
    }

    [Theory, MemberData(nameof(Pairs))]
    public void Full_scale_square_wave_saturates_instead_of_wrapping(int inputRateHz, int outputRateHz)
    {
        var period = inputRateHz / 400;
        var input = Enumerable.Range(0, inputRateHz).Select(i => i % period < period / 2 ? short.MaxValue : short.MinValue).ToArray();
        var output = Process(new Resampler(inputRateHz, outputRateHz), input, [input.Length]);

        // The filter's overshoot at each edge goes beyond full scale; away from the edges the sign is the input's.
        Assert.Equal(short.MaxValue, output.Max());
        Assert.Equal(short.MinValue, output.Min());
        var delay = new Resampler(inputRateHz, outputRateHz).DelayMs * outputRateHz / 1000;
        for (var i = outputRateHz / 10; i < output.Length; i++)
        {
            var inPeriod = (i - delay + outputRateHz) * 400.0 / outputRateHz % 1;
            if (inPeriod is > 0.15 and < 0.35)
                Assert.InRange(output[i], 25_000, short.MaxValue);
            if (inPeriod is > 0.65 and < 0.85)
                Assert.InRange(output[i], short.MinValue, -25_000);
        }
    }

    [Theory, MemberData(nameof(AllRates))]
    public void Equal_rates_copy(int rateHz)
    {
        var input = SyntheticVoice.Create(rateHz, 1000, seed: 1);
        var resampler = new Resampler(rateHz, rateHz);
        Assert.Equal(0, resampler.DelayMs);
        Assert.Equal(input, Process(resampler, input, [300, 700]));
    }

    /// <summary>They work in the same memory of their thread.</summary>
    [Fact]
    public void Streams_that_take_turns_on_a_thread_give_what_each_gives_alone()
    {
        var (narrow, wide) = (SyntheticVoice.Create(8000, 8000, seed: 4), SyntheticVoice.Create(24_000, 24_000, seed: 5));
        var (up, down) = (new Resampler(8000, 16_000), new Resampler(24_000, 8000));
        var (heard, sent) = (new List<short>(), new List<short>());
        for (var frame = 0; frame < 50; frame++)
        {
            heard.AddRange(Process(up, narrow[(frame * 160)..][..160], [100, 60]));
            sent.AddRange(Process(down, wide[(frame * 480)..][..480], [7, 473]));
        }
        Assert.Equal(Process(new Resampler(8000, 16_000), narrow, [narrow.Length]), heard);
        Assert.Equal(Process(new Resampler(24_000, 8000), wide, [wide.Length]), sent);
    }

    [Fact]
    public void Reset_forgets_the_past()
    {
        var input = SyntheticVoice.Create(16_000, 1001, seed: 1);
        var resampler = new Resampler(16_000, 24_000);
        var first = Process(resampler, input, [input.Length]);
        resampler.Reset();
        Assert.Equal(first, Process(resampler, input, [input.Length]));
    }

    [Theory]
    [InlineData(0, 8000), InlineData(8000, 44_100), InlineData(-8000, 8000)]
    public void Other_rates_are_refused(int inputRateHz, int outputRateHz) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(inputRateHz, outputRateHz));

    [Fact]
    public void Too_little_room_is_refused_before_anything_is_taken()
    {
        var resampler = new Resampler(8000, 16_000);
        Assert.Throws<ArgumentException>(() => resampler.Process(new short[160], new short[319]));
        Assert.Equal(1, new Resampler(24_000, 8000).Process(new short[1], new short[1]));
    }

    [Theory, MemberData(nameof(Pairs))]
    public void Resampling_allocates_nothing(int inputRateHz, int outputRateHz)
    {
        var resampler = new Resampler(inputRateHz, outputRateHz);
        var (input, output) = (new short[inputRateHz / 50], new short[outputRateHz / 50]);
        Assert.Equal(0, Allocations.Of(() => resampler.Process(input, output)));
    }

    private static short[] Process(Resampler resampler, short[] input, IEnumerable<int> chunks)
    {
        var output = new List<short>();
        var start = 0;
        foreach (var chunk in chunks)
        {
            var room = new short[resampler.MaxOutputSamples(chunk)];
            output.AddRange(room.AsSpan(0, resampler.Process(input.AsSpan(start, chunk), room)));
            start += chunk;
        }
        return [.. output];
    }

    private static List<int> Chunks(int total, Random random, int longest)
    {
        var chunks = new List<int>();
        for (var left = total; left > 0; left -= chunks[^1])
            chunks.Add(Math.Min(left, random.Next(0, longest + 1)));
        return chunks;
    }
}
