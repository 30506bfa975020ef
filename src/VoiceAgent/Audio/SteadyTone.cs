namespace VoiceAgent.Audio;

/// <summary>Tells whether a frame is one pure tone, and of which frequency: beeps, told from speech and from tones of two frequencies.</summary>
internal static class SteadyTone
{
    // Wide enough for an exact frequency in 20 ms, and unambiguous up to 2.6 kHz at 16 kHz.
    private const int Lag = 3;

    // A tone over a noisy line has more than this of the energy; a voice has harmonics, a key two tones.
    private const double LeastShare = 0.85;

    /// <summary>Measures a frame; allocates nothing.</summary>
    /// <param name="frame">Mono PCM16.</param>
    /// <param name="sampleRateHz">Its rate.</param>
    /// <param name="hz">The frequency, when the frame is a tone.</param>
    public static bool TryMeasure(ReadOnlySpan<short> frame, int sampleRateHz, out double hz)
    {
        // A sine fulfils x[n] + x[n-2k] = 2 cos(kw) x[n-k].
        double cross = 0, power = 0;
        for (var n = 2 * Lag; n < frame.Length; n++)
        {
            double middle = frame[n - Lag];
            cross += middle * (frame[n] + frame[n - 2 * Lag]);
            power += middle * middle;
        }
        var cosine = power > 0 ? cross / (2 * power) : 1;
        hz = Math.Abs(cosine) < 1 ? Math.Acos(cosine) * sampleRateHz / (2 * Math.PI * Lag) : 0;
        return hz > 0 && ShareOf(frame, 2 * Math.PI * hz / sampleRateHz) >= LeastShare;
    }

    /// <summary>Part of the frame's energy that lies in one frequency.</summary>
    private static double ShareOf(ReadOnlySpan<short> frame, double step)
    {
        var (stepSin, stepCos) = Math.SinCos(step);
        double cos = 1, sin = 0, real = 0, imaginary = 0, energy = 0;
        foreach (double sample in frame)
        {
            real += sample * cos;
            imaginary += sample * sin;
            energy += sample * sample;
            (cos, sin) = (cos * stepCos - sin * stepSin, sin * stepCos + cos * stepSin);
        }
        return 2 * (real * real + imaginary * imaginary) / (frame.Length * energy);
    }
}
