using Support.Audio;
using Telephony.Codecs;

namespace Benchmarks.Audio;

/// <summary>What the audio path does to the signal.</summary>
internal static class AudioQuality
{
    private static readonly (int InputRateHz, int OutputRateHz, int PassHz)[] Pairs =
    [
        (8000, 16_000, 3400), (24_000, 8000, 3400), (16_000, 8000, 3400), (8000, 24_000, 3400),
        (16_000, 48_000, 7000), (48_000, 16_000, 7000), (16_000, 24_000, 7000), (24_000, 16_000, 7000),
    ];

    private static readonly int[] Sines = [420, 1013, 2039, 3001];

    public static IEnumerable<FigureRow> Measure() =>
        [.. Pairs.SelectMany(pair => Resampling(pair.InputRateHz, pair.OutputRateHz, pair.PassHz)), .. Coding(), .. G711Exactness.Measure()];

    /// <summary>Goal B25 alone.</summary>
    public static IEnumerable<FigureRow> MeasureCoding() => [.. Coding(), .. G711Exactness.Measure()];

    private static IEnumerable<FigureRow> Resampling(int inputRateHz, int outputRateHz, int passHz)
    {
        var measured = ResamplerMeter.Measure(inputRateHz, outputRateHz, passHz, stepHz: 40);
        var pair = $"{inputRateHz / 1000} to {outputRateHz / 1000} kHz";
        yield return new("B24", $"{pair}: ripple to {passHz / 1000.0:0.0} kHz", "<= 0.1 dB", $"{measured.RippleDb:0.000} dB", "");
        yield return new("B24", $"{pair}: worst image or alias", "<= -60 dB, target -80", $"{Math.Max(measured.WorstImageDb, measured.WorstAliasDb):0.0} dB", "");
        yield return new("B24", $"{pair}: delay", "<= 3 ms", $"{measured.DelayMs:0.00} ms", "");
    }

    private static IEnumerable<FigureRow> Coding()
    {
        foreach (var codec in new[] { CodecCatalog.Pcmu, CodecCatalog.Pcma })
        {
            var levels = Enumerable.Range(-30, 31);
            var worst = levels.Min(dbm0 => Sines.Min(frequencyHz => G711Meter.SnrDb(codec, frequencyHz, dbm0)));
            var alone = levels.Min(dbm0 => Sines.Min(frequencyHz => PlainG711.SnrDb(codec, frequencyHz, dbm0)));
            yield return new("B25", $"{codec.Name}, 24 to 8 to 16 kHz: worst sine SNR, -30 to 0 dBm0", ">= 33 dB", $"{worst:0.0} dB", $"8 kHz without resampling: {alone:0.0} dB");
        }
    }
}
