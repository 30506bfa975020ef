namespace Benchmarks.Capacity;

/// <summary>Keeps this process on one core, so that it takes nothing from the process that is measured on another.</summary>
internal static class Affinity
{
    /// <summary>Pins all threads there are, and with them those that they start.</summary>
    public static unsafe void Pin(int core)
    {
        var cores = 1UL << core;
        foreach (var thread in Directory.GetDirectories("/proc/self/task").Select(Path.GetFileName))
            _ = LibC.SetAffinity(int.Parse(thread!, System.Globalization.CultureInfo.InvariantCulture), sizeof(ulong), &cores);
    }
}
