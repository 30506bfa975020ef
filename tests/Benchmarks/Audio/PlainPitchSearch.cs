namespace Benchmarks.Audio;

/// <summary>Normalised cross-correlation over the lags of a voice without vectors: what concealment's speed is compared with.</summary>
internal static class PlainPitchSearch
{
    private const int MinLag = 20;
    private const int MaxLag = 160;

    public static int FindLag(ReadOnlySpan<float> past)
    {
        var (bestLag, bestScore) = (MaxLag, 0f);
        for (var lag = MinLag; lag <= MaxLag; lag++)
        {
            float product = 0, energy = 0;
            for (var i = past.Length - MaxLag; i < past.Length; i++)
            {
                product += past[i] * past[i - lag];
                energy += past[i - lag] * past[i - lag];
            }
            var score = energy > 0 ? product / MathF.Sqrt(energy) : 0;
            if (score > bestScore)
                (bestLag, bestScore) = (lag, score);
        }
        return bestLag;
    }
}
