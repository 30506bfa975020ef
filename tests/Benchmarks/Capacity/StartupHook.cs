using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

/// <summary>Runs inside the measured process (DOTNET_STARTUP_HOOKS): ten times a second it writes what the runtime has allocated and paused to a file.</summary>
[SuppressMessage("Design", "CA1050", Justification = "The runtime looks for this name without a namespace.")]
[SuppressMessage("Design", "MA0047", Justification = "The runtime looks for this name without a namespace.")]
internal static class StartupHook
{
    /// <summary>Names the file.</summary>
    public const string FileVariable = "CAPACITY_PROBE";

    /// <summary>Longs in the file: bytes allocated, ticks paused, collections of each generation, bytes of the heap.</summary>
    public const int Figures = 6;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Called by the runtime before Main.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } file)
            new Thread(() => Report(file)) { Name = "capacity probe", IsBackground = true }.Start();
    }

    private static void Report(string file)
    {
        using var handle = File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        var figures = new long[Figures];
        for (; ; Thread.Sleep(Interval))
        {
            figures[0] = GC.GetTotalAllocatedBytes();
            figures[1] = GC.GetTotalPauseDuration().Ticks;
            for (var generation = 0; generation < 3; generation++)
                figures[2 + generation] = GC.CollectionCount(generation);
            figures[5] = GC.GetTotalMemory(forceFullCollection: false);
            RandomAccess.Write(handle, MemoryMarshal.AsBytes(figures.AsSpan()), 0);
        }
    }
}
