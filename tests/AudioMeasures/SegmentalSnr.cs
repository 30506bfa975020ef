namespace AudioMeasures;

/// <summary>Mean signal-to-noise ratio of the 20 ms pieces of an aligned signal: weighs quiet speech like loud speech.</summary>
public static class SegmentalSnr
{
    // The usual bounds: below and above them a difference is not heard.
    private const double MinDb = -10;
    private const double MaxDb = 35;

    // Pieces below about -60 dBov hold no speech.
    private const double SilentPower = 33 * 33;

    /// <summary>The mean in dB, each piece clamped to -10..35 dB; pieces without speech are left out.</summary>
    /// <param name="clean">Mono PCM16.</param>
    /// <param name="heard">The same, aligned and at the same level.</param>
    /// <param name="sampleRateHz">Rate of both.</param>
    public static double Db(ReadOnlySpan<short> clean, ReadOnlySpan<short> heard, int sampleRateHz)
    {
        var segment = sampleRateHz / 50;
        double sum = 0;
        var count = 0;
        for (var start = 0; start + segment <= Math.Min(clean.Length, heard.Length); start += segment)
        {
            var (power, noise) = Powers(clean.Slice(start, segment), heard.Slice(start, segment));
            if (power < SilentPower)
                continue;
            sum += Math.Clamp(10 * Math.Log10(power / noise), MinDb, MaxDb);
            count++;
        }
        return count == 0 ? MaxDb : sum / count;
    }

    private static (double Power, double Noise) Powers(ReadOnlySpan<short> clean, ReadOnlySpan<short> heard)
    {
        double power = 0, noise = 0;
        for (var i = 0; i < clean.Length; i++)
        {
            power += (double)clean[i] * clean[i];
            noise += Math.Pow(clean[i] - heard[i], 2);
        }
        return (power / clean.Length, noise / clean.Length);
    }
}
