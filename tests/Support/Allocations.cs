namespace Support;

/// <summary>Counts what a piece of the media path allocates once it is warm.</summary>
public static class Allocations
{
    /// <summary>Bytes that this thread allocates in so many runs of the action, after a few to warm up.</summary>
    public static long Of(Action action, int runs = 1000)
    {
        for (var i = 0; i < 50; i++)
            action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < runs; i++)
            action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
