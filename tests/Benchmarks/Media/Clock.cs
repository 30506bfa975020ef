using System.Diagnostics;

namespace Benchmarks.Media;

/// <summary>The one clock of all figures, and how plain code sleeps by it.</summary>
internal static class Clock
{
    public static long Now => Stopwatch.GetTimestamp();

    public static double Milliseconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;

    public static long After(long timestamp, double milliseconds) => timestamp + (long)(milliseconds * Stopwatch.Frequency / 1000);

    /// <summary>Sleeps in whole milliseconds, rounded up: what a thread without native calls can do.</summary>
    public static void SleepUntil(long due)
    {
        var left = Milliseconds(Now, due);
        if (left > 0)
            Thread.Sleep((int)Math.Ceiling(left));
    }
}
