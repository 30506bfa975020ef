using Telephony.Rtp.Srtp;

namespace Benchmarks.Capacity;

/// <summary>The same calls in the dearer codecs and encrypted, each measured once and shortly: what they add to the cost of a call.</summary>
/// <remarks>Callers' frames are encoded beforehand; a packet of SRTP is protected, and what is heard decrypted, by the load as it goes, with our own code.</remarks>
internal static class CapacityVariants
{
    private static readonly int[] Complexities = [0, 5, 10];
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);

    /// <summary>Opus at the lowest level of <see cref="CapacityOptions.Beside"/>, the others at the highest.</summary>
    public static async Task<IReadOnlyList<FigureRow>> MeasureAsync(CapacityOptions options)
    {
        var rows = new List<FigureRow>();
        foreach (var calls in options.Beside)
        {
            // Opus fills a core with few calls, the others do not.
            foreach (var (name, variant) in Of(options with { Measured = Measured, Settling = Settling, ShortCalls = 0 }).Where(one => calls == (one.Options.Codec == "opus" ? options.Beside.Min() : options.Beside.Max())))
                rows.Add(Row($"{calls} calls, {name}", calls, await new CapacityRun(variant).MeasureAsync(calls, isReference: false)));
        }
        return rows;
    }

    private static IEnumerable<(string Name, CapacityOptions Options)> Of(CapacityOptions options)
    {
        foreach (var complexity in Complexities)
            yield return ($"opus, complexity {complexity}", options with { Codec = "opus", Settings = [.. options.Settings, $"Telephony__Opus__Complexity={complexity}"] });
        yield return ("G722", options with { Codec = "G722" });
        foreach (var suite in SrtpSuite.All.Where(suite => suite.Name is "AES_CM_128_HMAC_SHA1_80" or "AEAD_AES_256_GCM"))
            yield return ($"{options.Codec}, SRTP {suite}", options with { Srtp = suite });
    }

    private static FigureRow Row(string what, int calls, CapacityFigures figures) => new(
        "", $"{what}: processor per call; up, lost packets, silent calls; packets off their 20 ms, p99", $"{calls}, 0, 0 for the calls",
        $"{figures.CpuPercentPerCall:0.000} % of a core; {figures.Up}, {figures.Lost}, {figures.Silent}; {figures.GapP99Ms:0.00} ms",
        $"by thread: {figures.Threads}; load: {figures.LoadCpuPercent:0} % of its core");
}
