namespace AudioMeasures;

/// <summary>How much of a signal is still itself after a path: delay found by cross-correlation, gain removed, the rest is noise.</summary>
/// <param name="DelaySamples">How much later the signal came out.</param>
/// <param name="Gain">Factor between what went in and what came out.</param>
/// <param name="Db">Energy of the signal against that of all that is not it; infinite for an exact copy.</param>
public readonly record struct AlignedSnr(int DelaySamples, double Gain, double Db)
{
    /// <summary>Measures a path.</summary>
    /// <param name="clean">What went in, mono PCM16.</param>
    /// <param name="heard">What came out, at the same rate.</param>
    /// <param name="maxDelaySamples">Longest delay tried; 0 for signals that are aligned.</param>
    public static AlignedSnr Of(ReadOnlySpan<short> clean, ReadOnlySpan<short> heard, int maxDelaySamples)
    {
        var (delay, best) = (0, double.NegativeInfinity);
        for (var tried = 0; tried <= maxDelaySamples && tried < heard.Length; tried++)
        {
            var score = Correlation(clean, heard[tried..]);
            if (score > best)
                (delay, best) = (tried, score);
        }
        return At(clean, heard[delay..], delay);
    }

    private static AlignedSnr At(ReadOnlySpan<short> clean, ReadOnlySpan<short> heard, int delay)
    {
        var (product, energy, heardEnergy) = Sums(clean, heard);
        var gain = energy > 0 ? product / energy : 0;
        var noise = Math.Max(0, heardEnergy - gain * product);
        return new(delay, gain, 10 * Math.Log10(gain * gain * energy / noise));
    }

    private static double Correlation(ReadOnlySpan<short> clean, ReadOnlySpan<short> heard)
    {
        var (product, energy, heardEnergy) = Sums(clean, heard);
        return energy > 0 && heardEnergy > 0 ? product / Math.Sqrt(energy * heardEnergy) : 0;
    }

    private static (double Product, double Energy, double HeardEnergy) Sums(ReadOnlySpan<short> clean, ReadOnlySpan<short> heard)
    {
        long product = 0, energy = 0, heardEnergy = 0;
        for (var i = 0; i < Math.Min(clean.Length, heard.Length); i++)
        {
            product += clean[i] * heard[i];
            energy += clean[i] * clean[i];
            heardEnergy += heard[i] * heard[i];
        }
        return (product, energy, heardEnergy);
    }
}
