namespace Support;

/// <summary>Counts what a piece of the media path allocates once it is warm.</summary>
public static class Allocations
{
    /// <summary>Measured rounds at most.</summary>
    public const int Rounds = 4;

    /// <summary>Bytes that this thread allocates in so many runs of the action, after a few to warm up.</summary>
    public static long Of(Action action, int runs = 1000)
    {
        Repeat(action, 50);
        return OfRound(() => Repeat(action, runs));
    }

    /// <summary>Bytes that this thread allocates in the best of a few rounds; what the code itself allocates shows in every one.</summary>
    /// <remarks>The runtime allocates a few bytes on whatever thread makes it start its recompilation worker, so a round may be spoilt.</remarks>
    public static long OfRound(Action round)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Rounds && least > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }

    private static void Repeat(Action action, int times)
    {
        for (var i = 0; i < times; i++)
            action();
    }
}
