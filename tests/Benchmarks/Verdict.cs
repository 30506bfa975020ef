using Benchmarks.Media;

namespace Benchmarks;

/// <summary>Figures as text that says where a goal is missed.</summary>
internal static class Verdict
{
    /// <summary>Median, 99th percentile and count, and whether either misses its goal; what the reference misses too, doing nothing, is the machine's doing.</summary>
    public static string Of(Samples samples, double medianMs = double.MaxValue, double worstMs = double.MaxValue, Samples? reference = null) =>
        IsWithin(samples, medianMs, worstMs) ? $"{samples}"
        : reference is null || IsWithin(reference, medianMs, worstMs) ? $"{samples}, **missed**"
        : $"{samples}, **missed**, by the reference too";

    /// <summary>A figure that must not be above its goal.</summary>
    public static string Of(double figure, double most, string unit) => figure <= most ? $"{figure:0.##} {unit}".TrimEnd() : $"{figure:0.##} {unit}".TrimEnd() + ", **missed**";

    private static bool IsWithin(Samples samples, double medianMs, double worstMs) =>
        samples.Quantile(0.5) <= medianMs && samples.Quantile(0.99) <= worstMs;
}
