namespace AudioMeasures;

/// <summary>What a path does to sines: gain, images, distortion.</summary>
public static class ToneMeasures
{
    /// <summary>Level of one frequency against another amplitude, in dB.</summary>
    /// <param name="pcm">A whole number of the sine's periods.</param>
    /// <param name="sampleRateHz">Rate of the signal.</param>
    /// <param name="frequencyHz">Which sine.</param>
    /// <param name="amplitude">What 0 dB is, as peak amplitude.</param>
    public static double LevelDb(ReadOnlySpan<short> pcm, int sampleRateHz, double frequencyHz, double amplitude) =>
        20 * Math.Log10(SineFit.Of(pcm, sampleRateHz, frequencyHz).Amplitude / amplitude);

    /// <summary>Difference between the loudest and the quietest of the sines, in dB; each is sent through the path alone.</summary>
    /// <param name="path">Takes a sine of that frequency, in Hz, and gives what comes out, settled and of whole periods.</param>
    /// <param name="sampleRateHz">Rate of what comes out.</param>
    /// <param name="frequenciesHz">The sines.</param>
    public static double RippleDb(Func<double, short[]> path, int sampleRateHz, IEnumerable<double> frequenciesHz)
    {
        var levels = frequenciesHz.Select(frequencyHz => LevelDb(path(frequencyHz), sampleRateHz, frequencyHz, 1)).ToList();
        return levels.Max() - levels.Min();
    }

    /// <summary>Power of the harmonics below half the sample rate against that of the sine, in dB.</summary>
    /// <param name="pcm">A whole number of the sine's periods.</param>
    /// <param name="sampleRateHz">Rate of the signal.</param>
    /// <param name="frequencyHz">The sine that was sent.</param>
    public static double HarmonicDistortionDb(ReadOnlySpan<short> pcm, int sampleRateHz, double frequencyHz)
    {
        double power = 0;
        for (var harmonic = 2; harmonic * frequencyHz < sampleRateHz / 2.0; harmonic++)
            power += Math.Pow(SineFit.Of(pcm, sampleRateHz, harmonic * frequencyHz).Amplitude, 2);
        return 10 * Math.Log10(power) - 20 * Math.Log10(SineFit.Of(pcm, sampleRateHz, frequencyHz).Amplitude);
    }
}
