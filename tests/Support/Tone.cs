namespace Support;

/// <summary>Sine tones for tests: made, and recognised by one Goertzel bin.</summary>
public static class Tone
{
    /// <summary>A sine of the given frequency and peak amplitude, starting at phase 0.</summary>
    public static short[] Sine(int sampleRateHz, double frequencyHz, int samples, double amplitude = 10_000)
    {
        var pcm = new short[samples];
        for (var i = 0; i < samples; i++)
            pcm[i] = (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * frequencyHz * i / sampleRateHz));
        return pcm;
    }

    /// <summary>Peak amplitude of one frequency in the signal.</summary>
    public static double Amplitude(ReadOnlySpan<short> pcm, int sampleRateHz, double frequencyHz)
    {
        double real = 0, imaginary = 0;
        for (var i = 0; i < pcm.Length; i++)
        {
            var angle = 2 * Math.PI * frequencyHz * i / sampleRateHz;
            real += pcm[i] * Math.Cos(angle);
            imaginary -= pcm[i] * Math.Sin(angle);
        }
        return pcm.Length == 0 ? 0 : 2 * Math.Sqrt(real * real + imaginary * imaginary) / pcm.Length;
    }
}
