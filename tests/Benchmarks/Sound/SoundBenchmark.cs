namespace Benchmarks.Sound;

/// <summary>How calls sound: what the caller hears of the agent, and when.</summary>
internal static class SoundBenchmark
{
    /// <summary>Its part of the page.</summary>
    public static BenchmarkSection Section { get; } = new("Sound", """
        It takes about two minutes and needs Debian's libspeexdsp1. What stands beside a
        figure is the same without our work: the resampler of libspeexdsp, a buffer that never waits, samples that are cut off, a plain thread that sleeps until
        each packet is due. Packets are timed by the kernel as they arrive.
        """, Run);

    private static FigureRow[] Run()
    {
        if (!SpeexResampler.IsInstalled)
            throw new InvalidOperationException("libspeexdsp is not installed (apt-get install libspeexdsp1).");
        return [.. PlayoutRows.Measure(), .. LevelRows.Measure(), .. StreamRows.Measure(), .. PacingRows.Measure(), .. ResamplerRows.Measure()];
    }
}
