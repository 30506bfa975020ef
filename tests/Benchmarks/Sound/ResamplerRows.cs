using Support.Audio;
using Telephony.Audio;

namespace Benchmarks.Sound;

/// <summary>Goal B24: what the resampler does to the signal and what it costs, next to libspeexdsp; each is timed twice, in turns.</summary>
internal static class ResamplerRows
{
    private const double PassShare = 0.85;

    private static readonly int[] Rates = [8_000, 16_000, 24_000, 48_000];

    public static IEnumerable<FigureRow> Measure() => Rates.SelectMany(input => Rates.Where(output => output != input).SelectMany(output => Measure(input, output)));

    private static IEnumerable<FigureRow> Measure(int inputRateHz, int outputRateHz)
    {
        var pair = $"{inputRateHz / 1000} to {outputRateHz / 1000} kHz";
        var passHz = (int)(PassShare * Math.Min(inputRateHz, outputRateHz) / 2);
        var meter = ResamplerMeter.Measure(inputRateHz, outputRateHz, passHz, stepHz: 40);
        yield return new("B24", $"{pair}: ripple to {passHz} Hz; worst image or alias; delay", "<= 0.1 dB; <= -80 dB; <= 3 ms",
            $"{Verdict.Of(meter.RippleDb, 0.1, "dB")}; {Verdict.Of(Math.Max(meter.WorstImageDb, meter.WorstAliasDb), -80, "dB")}; {Verdict.Of(meter.DelayMs, 3, "ms")}", "");
        yield return Cost(pair, inputRateHz, outputRateHz);
    }

    private static FigureRow Cost(string pair, int inputRateHz, int outputRateHz)
    {
        var (input, output) = (SyntheticVoice.Create(inputRateHz, inputRateHz / 50, seed: 1), new short[outputRateHz / 50]);
        var resampler = new Resampler(inputRateHz, outputRateHz);
        using var speex = new SpeexResampler(inputRateHz, outputRateHz);
        double[] mine = new double[2], theirs = new double[2];
        for (var turn = 0; turn < 2; turn++)
            (mine[turn], theirs[turn]) = (Timing.MedianNanoseconds(() => resampler.Process(input, output)), Timing.MedianNanoseconds(() => speex.Process(input, output)));
        return new("B24", $"{pair}: per 20 ms", "faster than libspeexdsp quality 3",
            $"{mine[0]:0} and {mine[1]:0} ns, {Verdict.Of((mine[0] + mine[1]) / (theirs[0] + theirs[1]), 1, "times")}", $"libspeexdsp {theirs[0]:0} and {theirs[1]:0} ns");
    }
}
