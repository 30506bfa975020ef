using System.Numerics;
using AudioMeasures;
using Telephony.Audio;

namespace Support.Audio;

/// <summary>Measures a rate pair with sines, from outside: what goal B24 names.</summary>
/// <param name="RippleDb">Largest deviation of the gain from 0 dB between 52 Hz and the end of the pass band.</param>
/// <param name="WorstImageDb">Strongest image of any sine in the input band, against the sine; negative infinity where none can be.</param>
/// <param name="WorstAliasDb">What comes out for sines above the output's half rate; negative infinity where the input has none.</param>
/// <param name="DelayMs">Delay of a 100 Hz sine.</param>
public sealed record ResamplerMeter(double RippleDb, double WorstImageDb, double WorstAliasDb, double DelayMs)
{
    private const double Amplitude = 30_000;
    private const double SettleSeconds = 0.1;
    private const double MeasuredSeconds = 0.25;

    /// <summary>Sweeps the pair.</summary>
    /// <param name="inputRateHz">Rate going in.</param>
    /// <param name="outputRateHz">Rate coming out.</param>
    /// <param name="passHz">End of the pass band.</param>
    /// <param name="stepHz">Between the sweep's sines; a multiple of 4, as the pass band's end, so that what is measured holds whole periods.</param>
    public static ResamplerMeter Measure(int inputRateHz, int outputRateHz, int passHz, int stepHz)
    {
        double ripple = 0, image = 0, alias = 0;
        for (var frequency = 52; frequency < inputRateHz / 2; frequency = Next(frequency, outputRateHz, passHz, stepHz))
        {
            var output = Run(inputRateHz, outputRateHz, frequency);
            if (frequency >= outputRateHz / 2)
            {
                alias = Math.Max(alias, PcmLevel.Rms(output) * Math.Sqrt(2));
                continue;
            }
            var fit = SineFit.Of(output, outputRateHz, frequency);
            foreach (var imageHz in Images(inputRateHz, outputRateHz, frequency))
                image = Math.Max(image, SineFit.Of(output, outputRateHz, imageHz).Amplitude);
            if (frequency <= passHz)
                ripple = Math.Max(ripple, Math.Abs(ToDb(fit.Amplitude)));
        }
        return new(ripple, ToDb(image), ToDb(alias), MeasureDelay(inputRateHz, outputRateHz));
    }

    /// <summary>A full sine through a new resampler, its beginning left out.</summary>
    private static ReadOnlySpan<short> Run(int inputRateHz, int outputRateHz, double frequencyHz)
    {
        var resampler = new Resampler(inputRateHz, outputRateHz);
        var input = Tone.Sine(inputRateHz, frequencyHz, (int)(inputRateHz * (SettleSeconds + MeasuredSeconds)), Amplitude);
        var output = new short[resampler.MaxOutputSamples(input.Length)];
        resampler.Process(input, output);
        return output.AsSpan((int)(outputRateHz * SettleSeconds), (int)(outputRateHz * MeasuredSeconds));
    }

    // Zeros put in between samples repeat the spectrum around every multiple of the input rate; dropping samples folds it at the output's half rate.
    private static IEnumerable<int> Images(int inputRateHz, int outputRateHz, int frequencyHz)
    {
        var up = outputRateHz / (int)BigInteger.GreatestCommonDivisor(inputRateHz, outputRateHz);
        for (var multiple = inputRateHz; multiple <= inputRateHz * up / 2 + frequencyHz; multiple += inputRateHz)
        {
            foreach (var repeated in new[] { multiple - frequencyHz, multiple + frequencyHz })
            {
                var folded = repeated % outputRateHz;
                if (repeated <= inputRateHz * up / 2)
                    yield return Math.Min(folded, outputRateHz - folded);
            }
        }
    }

    // The settling time is a whole number of 100 Hz periods, so the phase at its end is the delay's.
    private static double MeasureDelay(int inputRateHz, int outputRateHz) =>
        -SineFit.Of(Run(inputRateHz, outputRateHz, 100), outputRateHz, 100).PhaseRadians / (2 * Math.PI * 100) * 1000;

    // The end of the pass band is never stepped over. A sine at half the output rate, or one that folds to 0 Hz, is stepped around:
    // its level depends on its phase.
    private static int Next(int frequency, int outputRateHz, int passHz, int stepHz)
    {
        var next = frequency < passHz ? Math.Min(frequency + stepHz, passHz) : frequency + stepHz;
        return next % (outputRateHz / 2) == 0 ? next + 4 : next;
    }

    private static double ToDb(double amplitude) => 20 * Math.Log10(amplitude / Amplitude);
}
