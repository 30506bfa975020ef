using AudioMeasures;
using Support.Audio;
using Telephony.Audio;
using Telephony.Codecs;

namespace Benchmarks.Audio;

/// <summary>What the audio path does to the signal.</summary>
internal static class AudioQuality
{
    private const int FrameSamples = 160;

    private static readonly (int InputRateHz, int OutputRateHz, int PassHz)[] Pairs =
    [
        (8000, 16_000, 3400), (24_000, 8000, 3400), (16_000, 8000, 3400), (8000, 24_000, 3400),
        (16_000, 48_000, 7000), (48_000, 16_000, 7000), (16_000, 24_000, 7000), (24_000, 16_000, 7000),
    ];

    private static readonly int[] Sines = [420, 1013, 2039, 3001];

    public static IEnumerable<FigureRow> Measure() =>
        [.. Pairs.SelectMany(pair => Resampling(pair.InputRateHz, pair.OutputRateHz, pair.PassHz)), .. Coding(), .. G711Exactness.Measure(), Concealment()];

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

    private static FigureRow Concealment()
    {
        double concealed = 0, silenced = 0;
        for (var seed = 1; seed <= 6; seed++)
        {
            var voice = SyntheticVoice.Create(8000, 80_000, seed);
            var random = new Random(seed);
            var (heard, silent, concealment) = (voice.ToArray(), voice.ToArray(), new WaveformConcealment(8000));
            for (var start = 0; start < voice.Length; start += FrameSamples)
            {
                if (random.NextDouble() < 0.05)
                {
                    concealment.Conceal(heard.AsSpan(start, FrameSamples));
                    silent.AsSpan(start, FrameSamples).Clear();
                }
                else
                {
                    concealment.Accept(heard.AsSpan(start, FrameSamples));
                }
            }
            concealed += LogSpectralDistance.Db(voice, heard, 8000);
            silenced += LogSpectralDistance.Db(voice, silent, 8000);
        }
        return new("B15", "5 % loss, log-spectral distance against silence", "<= 60 %", $"{concealed / silenced:P0}", $"silence {silenced / 6:0.00} dB");
    }
}
