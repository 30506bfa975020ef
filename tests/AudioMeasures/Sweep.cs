namespace AudioMeasures;

/// <summary>A sine whose frequency rises steadily: everything that a path does to a band shows in one signal, and its place in time is exact.</summary>
public static class Sweep
{
    /// <summary>Makes one; its frequency rises linearly.</summary>
    /// <param name="sampleRateHz">Rate of the signal.</param>
    /// <param name="fromHz">Frequency of its first sample.</param>
    /// <param name="toHz">Frequency of its last.</param>
    /// <param name="samples">Its length.</param>
    /// <param name="amplitude">Its peak amplitude.</param>
    public static short[] Create(int sampleRateHz, double fromHz, double toHz, int samples, double amplitude = 10_000)
    {
        var pcm = new short[samples];
        for (var i = 0; i < samples; i++)
        {
            var cycles = (fromHz + (toHz - fromHz) * i / (2.0 * samples)) * i / sampleRateHz;
            pcm[i] = (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * cycles));
        }
        return pcm;
    }
}
