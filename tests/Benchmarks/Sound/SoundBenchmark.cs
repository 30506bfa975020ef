using Telephony.Codecs;

namespace Benchmarks.Sound;

/// <summary>How calls sound: what the model hears of callers behind bad networks, and what the caller hears of the agent, and when.</summary>
internal static class SoundBenchmark
{
    /// <summary>Its part of the page.</summary>
    public static BenchmarkSection Section { get; } = new("Sound", """
        It takes about three minutes and needs Debian's libspeexdsp1. Callers: real sentences of six voices go through codec, a bad network
        that a seed decides, receive path and resampler, on virtual time; distances are to what is heard of the same call without loss, and the reference is a receiver that puts
        silence where a packet is missing, on the same losses. Agent: what stands beside a figure is the same without our work: the resampler of libspeexdsp, a buffer that never
        waits, samples that are cut off, a plain thread that sleeps until each packet is due. Packets are timed by the kernel as they arrive.
        """, Run);

    private static FigureRow[] Run()
    {
        if (!SpeexResampler.IsInstalled)
            throw new InvalidOperationException("libspeexdsp is not installed (apt-get install libspeexdsp1).");
        var codecs = new[] { CodecCatalog.Pcmu, CodecCatalog.Pcma, CodecCatalog.G722, CodecCatalog.Opus }.Where(CodecCatalog.IsAvailable);
        return
        [
            .. JitterRows.Measure(), .. codecs.SelectMany(LossRows.Measure),
            .. PlayoutRows.Measure(), .. LevelRows.Measure(), .. StreamRows.Measure(), .. PacingRows.Measure(), .. ResamplerRows.Measure(),
        ];
    }
}
