using System.Diagnostics;
using Benchmarks.Media;

namespace Benchmarks.Capacity;

/// <summary>What one level cost and gave.</summary>
/// <param name="Asked">Calls that were to be up.</param>
/// <param name="Up">Those that were.</param>
/// <param name="Idle">The program before the first call.</param>
/// <param name="Before">At the window's start.</param>
/// <param name="After">At its end.</param>
/// <param name="LoadCpuPercent">Of its core, spent by the load itself.</param>
/// <param name="LoadLateness">Of the load's own sends.</param>
/// <param name="Gaps">Packets of the program off their schedule.</param>
internal sealed record CapacityFigures(
    int Asked, int Up, Spending Idle, Spending Before, Spending After, double LoadCpuPercent, string LoadLateness, string Gaps)
{
    public double GapP99Ms { get; init; }

    /// <summary>From the end of settling until the program compiled nothing more, which the window comes after.</summary>
    public (Spending From, Spending To) Restless { get; init; }

    /// <summary>How long that was, what a call cost meanwhile, and what of a core the compiler took.</summary>
    public string Compiling =>
        $"{Stopwatch.GetElapsedTime(Restless.From.At, Restless.To.At).TotalSeconds:0} s; {Restless.To.CpuPercentSince(Restless.From) / Up:0.000} % of a core; {CompilerRest.CompilerPercent(Restless.From, Restless.To):0.0} %";

    /// <summary>Packets that reached the callers' socket and found no room there.</summary>
    public long LoadDropped { get; init; }

    /// <summary>The same of the program's own sockets.</summary>
    public long Dropped => After.Dropped - Before.Dropped;

    /// <summary>Packets heard by all callers.</summary>
    public long Heard { get; init; }

    public long Lost { get; init; }

    /// <summary>Calls in which the agent was not heard for half of the time.</summary>
    public int Silent { get; init; }

    /// <summary>Bytes and messages of caller audio that the Live server heard.</summary>
    public long AudioUp { get; init; }

    public long MessagesUp { get; init; }

    /// <summary>INVITE to 200 of short calls beside the others.</summary>
    public Samples Invite { get; init; } = new();

    public double Seconds => Stopwatch.GetElapsedTime(Before.At, After.At).TotalSeconds;

    public double CpuPercent => After.CpuPercentSince(Before);

    public double CpuPercentPerCall => CpuPercent / Up;

    public double AllocatedKilobytesPerSecond => (After.AllocatedBytes - Before.AllocatedBytes) / 1024.0 / Seconds / Up;

    public double PausedPercent => (After.Paused - Before.Paused).TotalSeconds * 100 / Seconds;

    public double LongestMeanPauseMs => (After.Paused - Before.Paused).TotalMilliseconds / Math.Max(1, After.Collections - Before.Collections);

    public double MegabytesPerCall => (After.ResidentBytes - Idle.ResidentBytes) / 1048576.0 / Up;

    public double HeapMegabytesPerCall => (After.HeapBytes - Idle.HeapBytes) / 1048576.0 / Up;

    /// <summary>Seconds of audio heard by the Live server for every second of every call: 1 when nothing is missing.</summary>
    public double ShareUp => AudioUp / (Seconds * Up * 16_000 * 2 * 4 / 3);

    /// <summary>The threads that took most, in percent of a core each.</summary>
    public string Threads => string.Join(", ", After.CpuByNameSince(Before).OrderByDescending(thread => thread.Value).Take(5).Select(thread => $"{thread.Key} {thread.Value:0.0}"));
}
