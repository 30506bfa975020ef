namespace AudioMeasures;

/// <summary>The loudest two milliseconds above 3.5 kHz: a click's edge lies there, where a vowel has next to nothing.</summary>
internal static class HighBurst
{
    /// <summary>Level of a quiet line, -60 dBov: what lies below is not heard.</summary>
    public const double InaudibleRms = 32.768;

    private const double CutHz = 3_500;
    private const int BlockMs = 2;

    // The filter's own beginning rings for less.
    private const int SettleMs = 20;

    // Quality factors of the two halves of a Butterworth filter of fourth order.
    private static readonly double[] Qualities = [0.541196, 1.306563];

    /// <summary>RMS of the loudest block, in sample units; 0 where there is none.</summary>
    /// <param name="pcm">The signal.</param>
    /// <param name="sampleRateHz">8000 or more.</param>
    /// <param name="part">Where to look.</param>
    public static double Rms(ReadOnlySpan<short> pcm, int sampleRateHz, Range part)
    {
        var (start, length) = part.GetOffsetAndLength(pcm.Length);
        var from = Math.Max(0, start - sampleRateHz * SettleMs / 1000);
        var high = new double[start + length - from];
        for (var i = 0; i < high.Length; i++)
            high[i] = pcm[from + i] - pcm[from];
        foreach (var quality in Qualities)
            HighPass(high, sampleRateHz, quality);
        return Loudest(high.AsSpan(start - from), sampleRateHz * BlockMs / 1000);
    }

    private static double Loudest(ReadOnlySpan<double> high, int block)
    {
        double sum = 0, loudest = 0;
        for (var i = 0; i < high.Length; i++)
        {
            sum += high[i] * high[i] - (i >= block ? high[i - block] * high[i - block] : 0);
            loudest = Math.Max(loudest, sum);
        }
        return Math.Sqrt(loudest / block);
    }

    // Audio EQ Cookbook; transposed direct form II.
    private static void HighPass(double[] samples, int sampleRateHz, double quality)
    {
        var w = 2 * Math.PI * CutHz / sampleRateHz;
        var (cos, alpha) = (Math.Cos(w), Math.Sin(w) / (2 * quality));
        var (a0, b0, b1) = (1 + alpha, (1 + cos) / 2, -(1 + cos));
        double z1 = 0, z2 = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            var x = samples[i];
            var y = (b0 * x + z1) / a0;
            (z1, z2) = (b1 * x + 2 * cos * y + z2, b0 * x - (1 - alpha) * y);
            samples[i] = y;
        }
    }
}
