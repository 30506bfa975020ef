namespace Support.Audio;

/// <summary>Speech-like test signal: a gliding pulse train through three moving formants, in syllables, over a little noise.</summary>
public static class SyntheticVoice
{
    private static readonly double[] FormantHz = [600, 1400, 2500];
    private static readonly double[] BandwidthHz = [80, 110, 160];

    /// <summary>Voiced speech of about -20 dBov; the seed chooses the voice.</summary>
    public static short[] Create(int sampleRateHz, int samples, int seed)
    {
        var random = new Random(seed);
        var basePitchHz = 100 + 120 * random.NextDouble();
        var vowelPhase = 2 * Math.PI * random.NextDouble();
        var delayed = new double[3, 2];
        var voice = new double[samples];
        double glottis = 0;
        for (var i = 0; i < samples; i++)
        {
            var seconds = (double)i / sampleRateHz;
            glottis += basePitchHz * (1 + 0.15 * Math.Sin(2 * Math.PI * 0.7 * seconds)) / sampleRateHz;
            var pulse = glottis >= 1 ? 1.0 : 0.0;
            glottis -= pulse;
            voice[i] = Envelope(seconds) * Formants(pulse, seconds, vowelPhase, sampleRateHz, delayed);
        }
        return Scale(voice, random);
    }

    private static double Envelope(double seconds) => 0.15 + 0.85 * Math.Pow(Math.Sin(Math.PI * 2.5 * seconds), 2);

    private static double Formants(double excitation, double seconds, double vowelPhase, int sampleRateHz, double[,] delayed)
    {
        for (var f = 0; f < FormantHz.Length; f++)
        {
            var centre = FormantHz[f] * (1 + 0.2 * Math.Sin(2 * Math.PI * 1.1 * seconds + vowelPhase + f));
            var radius = Math.Exp(-Math.PI * BandwidthHz[f] / sampleRateHz);
            var output = excitation + 2 * radius * Math.Cos(2 * Math.PI * centre / sampleRateHz) * delayed[f, 0] - radius * radius * delayed[f, 1];
            (delayed[f, 0], delayed[f, 1]) = (output, delayed[f, 0]);
            excitation = output;
        }
        return excitation;
    }

    private static short[] Scale(double[] voice, Random random)
    {
        var rms = Math.Sqrt(voice.Sum(v => v * v) / voice.Length);
        return [.. voice.Select(v => (short)Math.Clamp(3276 * v / rms + 20 * (random.NextDouble() - 0.5), -32_000, 32_000))];
    }
}
