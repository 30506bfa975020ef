namespace Benchmarks.Audio;

/// <summary>The arithmetic of the audio path: its quality by goals B15, B24 and B25, its cost per 20 ms frame against plain code.</summary>
public static class AudioBenchmark
{
    /// <summary>Its part of the page.</summary>
    internal static BenchmarkSection Section { get; } = new("Audio", "It takes about 40 s.", Run);

    /// <summary>Measures everything; about 40 s.</summary>
    public static IReadOnlyList<FigureRow> Run() => [.. AudioQuality.Measure(), .. AudioCost.Measure()];
}
