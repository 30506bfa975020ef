namespace AudioMeasures;

/// <summary>The loudest few milliseconds of a band: a click's edge lies above 3.5 kHz, where a vowel has next to nothing, a thump below.</summary>
/// <param name="FromHz">Its lower edge; 0 for none.</param>
/// <param name="ToHz">Its upper edge; at half the rate or above there is none.</param>
/// <param name="BlockMs">So much of the sound counts as a burst: not less than the band lets through.</param>
internal sealed record BandBurst(double FromHz, double ToHz, int BlockMs)
{
    /// <summary>Level of a quiet line, -60 dBov: what lies below is not heard.</summary>
    public const double InaudibleRms = 32.768;

    // The filter's own beginning rings for less.
    private const int SettleMs = 20;

    // Quality factors of the two halves of a Butterworth filter of fourth order.
    private static readonly double[] Qualities = [0.541196, 1.306563];

    /// <summary>Where clicks are.</summary>
    public static BandBurst Highest { get; } = new(3_500, double.MaxValue, 2);

    /// <summary>All that a wideband phone lets through, in bands of which a voice fills one or two.</summary>
    public static IReadOnlyList<BandBurst> All { get; } = [new(0, 500, 5), new(500, 1_500, 2), new(1_500, 3_500, 2), Highest];

    /// <summary>RMS of the loudest block, in sample units; 0 where there is none.</summary>
    /// <param name="pcm">The signal.</param>
    /// <param name="sampleRateHz">8000 or more.</param>
    /// <param name="part">Where to look.</param>
    public double Rms(ReadOnlySpan<short> pcm, int sampleRateHz, Range part)
    {
        var (start, length) = part.GetOffsetAndLength(pcm.Length);
        var from = Math.Max(0, start - sampleRateHz * SettleMs / 1000);
        var band = new double[start + length - from];
        // A level that lies below the band must not be a step at its beginning.
        var level = FromHz > 0 && band.Length > 0 ? pcm[from] : 0;
        for (var i = 0; i < band.Length; i++)
            band[i] = pcm[from + i] - level;
        foreach (var quality in Qualities)
        {
            if (FromHz > 0)
                Filter(band, FromHz, sampleRateHz, quality, isHighPass: true);
            if (ToHz < sampleRateHz / 2.0)
                Filter(band, ToHz, sampleRateHz, quality, isHighPass: false);
        }
        return Loudest(band.AsSpan(start - from), sampleRateHz * BlockMs / 1000);
    }

    /// <summary>How much louder one is than the other, in dB, where an ear hears it.</summary>
    /// <param name="burst">Both in sample units.</param>
    /// <param name="usual">What belongs there.</param>
    public static double Db(double burst, double usual) => 20 * Math.Log10(Math.Max(InaudibleRms, burst) / Math.Max(InaudibleRms, usual));

    private static double Loudest(ReadOnlySpan<double> band, int block)
    {
        double sum = 0, loudest = 0;
        for (var i = 0; i < band.Length; i++)
        {
            sum += band[i] * band[i] - (i >= block ? band[i - block] * band[i - block] : 0);
            loudest = Math.Max(loudest, sum);
        }
        return Math.Sqrt(loudest / block);
    }

    // Audio EQ Cookbook; transposed direct form II.
    private static void Filter(double[] samples, double cutHz, int sampleRateHz, double quality, bool isHighPass)
    {
        var w = 2 * Math.PI * cutHz / sampleRateHz;
        var (cos, alpha) = (Math.Cos(w), Math.Sin(w) / (2 * quality));
        var a0 = 1 + alpha;
        var (b0, b1) = isHighPass ? ((1 + cos) / 2, -(1 + cos)) : ((1 - cos) / 2, 1 - cos);
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
