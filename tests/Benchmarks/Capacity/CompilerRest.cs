namespace Benchmarks.Capacity;

/// <summary>Waits until a program compiles nothing more: calls that run for weeks are not to be charged for their first minute.</summary>
internal static class CompilerRest
{
    // As Linux cuts off ".NET Tiered Compilation Worker".
    private const string Compiler = ".NET Tiered Com";
    private const double RestPercent = 1;
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Looks every two seconds, for half a minute at most.</summary>
    /// <returns>What was spent before the wait, and when it was over.</returns>
    public static async Task<(Spending From, Spending To)> WaitAsync(MeasuredProcess process)
    {
        var from = process.Spent();
        for (var (before, waited) = (from, Glance); ; waited += Glance)
        {
            await Task.Delay(Glance);
            var now = process.Spent();
            if (CompilerPercent(before, now) < RestPercent || waited >= Patience)
                return (from, now);
            before = now;
        }
    }

    /// <summary>What of a core the compiler's thread took.</summary>
    public static double CompilerPercent(Spending from, Spending to) => to.CpuByNameSince(from).GetValueOrDefault(Compiler);
}
