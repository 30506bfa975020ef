using System.Diagnostics;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>Waits until nothing runs any more: on virtual time and in-memory connections everything that can happen next then waits for the clock.</summary>
/// <remarks>Looks at the thread pool as a whole: tests that use it run alone (VirtualTimeCollection).</remarks>
internal sealed class Quiescence
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LearnLimit = TimeSpan.FromSeconds(2);

    // Those that the test itself, and its runner, keep busy. What was left over of an earlier test must not count as such: on a busy machine it may
    // stay for long, and whoever is busy in its place later would not be seen.
    private int _own = Learn();

    public void Wait()
    {
        var start = Stopwatch.GetTimestamp();
        var calm = 0;
        while (calm < 2)
        {
            var isEmpty = ThreadPool.PendingWorkItemCount == 0;
            var busy = BusyThreads();
            _own = Math.Min(_own, busy);
            calm = isEmpty && busy == _own ? calm + 1 : 0;
            if (calm > 0)
                continue;
            if (Stopwatch.GetElapsedTime(start) > Limit)
                throw new TimeoutException($"{BusyThreads()} threads are busy, {ThreadPool.PendingWorkItemCount} work items wait.");
            Thread.Yield();
        }
    }

    private static int Learn()
    {
        var fewest = Thread.CurrentThread.IsThreadPoolThread ? 1 : 0;
        var start = Stopwatch.GetTimestamp();
        var least = BusyThreads();
        while (least > fewest && Stopwatch.GetElapsedTime(start) < LearnLimit)
        {
            Thread.Sleep(1);
            least = Math.Min(least, BusyThreads());
        }
        return least;
    }

    private static int BusyThreads()
    {
        ThreadPool.GetMaxThreads(out var all, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return all - free;
    }
}
