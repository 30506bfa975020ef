using Benchmarks.Audio;
using Benchmarks.Media;
using Benchmarks.Panel;
using Telephony.Codecs;

namespace Benchmarks.Sound;

/// <summary>How calls sound and how promptly: the goals of sound and timing in one table. What the model hears of callers behind bad networks, what the caller hears of the agent, and when.</summary>
internal static class SoundBenchmark
{
    /// <summary>Its part of the page.</summary>
    public static BenchmarkSection Section { get; } = new("Goals B1-B20, B24-B26, B32", """
        It takes under five minutes and needs Debian's libspeexdsp1. Turns (B1 to B5) are whole calls over loopback sockets beside a
        plain bridge that does no work, packets (B6, B7) are timed by the kernel as they arrive, beside a plain thread's; all else is by a clock of its own, so that neither the
        machine nor its load changes it. Callers: real sentences of six voices go through codec, a bad network
        that a seed decides, receive path and resampler; distances are to what is heard of the same call without loss, and the reference is a receiver that puts
        silence where a packet is missing, on the same losses. Agent: what stands beside a figure is the same without our work: the resampler of libspeexdsp, samples that are cut off.
        """, Run)
    {
        Layout = GoalTable.ToMarkdown,
    };

    private static FigureRow[] Run()
    {
        if (!SpeexResampler.IsInstalled)
            throw new InvalidOperationException("libspeexdsp is not installed (apt-get install libspeexdsp1).");
        return
        [
            .. Computed(),
            .. MediaBenchmark.RunTurns(SocketJitterRows.MeasureAsync), .. StreamRows.Measure(), .. PacingRows.Measure(),
            .. LevelRows.Measure(), .. ResamplerRows.Measure(), .. AudioQuality.MeasureCoding(),
        ];
    }

    // Only computing, so every core is used; on threads of their own, for the calls among them wait until the thread pool is at rest.
    private static List<FigureRow> Computed()
    {
        var codecs = new[] { CodecCatalog.Pcmu, CodecCatalog.Pcma, CodecCatalog.G722, CodecCatalog.Opus }.Where(CodecCatalog.IsAvailable);
        List<Func<IEnumerable<FigureRow>>> parts =
        [
            .. codecs.Select(codec => (Func<IEnumerable<FigureRow>>)(() => LossRows.Measure(codec))),
            JitterRows.Measure, ClockRows.Measure, TurnTakingRows.MeasureSounds,
        ];
        var measured = new List<FigureRow>[parts.Count];
        var next = -1;
        var threads = Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount - 1)).Select(_ => new Thread(() =>
        {
            for (var part = Interlocked.Increment(ref next); part < parts.Count; part = Interlocked.Increment(ref next))
                measured[part] = [.. parts[part]()];
        }) { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        List<FigureRow> rows = [.. PanelBenchmark.MeasureUndisturbed(), .. TurnTakingRows.MeasureCalls()];
        threads.ForEach(thread => thread.Join());
        return [.. rows, .. measured.SelectMany(part => part), .. PlayoutRows.Measure()];
    }
}
