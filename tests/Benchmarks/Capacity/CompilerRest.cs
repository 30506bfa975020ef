namespace Benchmarks.Capacity;

/// <summary>Waits until a program compiles nothing more: calls that run for weeks are not to be charged for their first minute.</summary>
internal static class CompilerRest
{
    // As Linux cuts off ".NET Tiered Compilation Worker".
    private const string Compiler = ".NET Tiered Com";
    private const double RestPercent = 1;
    private const int QuietGlances = 2;
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Looks every two seconds until it has seen rest twice in a row, for half a minute at most: the compiler's thread comes and goes.</summary>
    /// <returns>What was spent before the wait, and when it was over.</returns>
    public static async Task<(Spending From, Spending To)> WaitAsync(MeasuredProcess process)
    {
        var from = process.Spent();
        var quiet = 0;
        for (var (before, waited) = (from, Glance); ; waited += Glance)
        {
            await Task.Delay(Glance);
            var now = process.Spent();
            quiet = CompilerPercent(before, now) < RestPercent ? quiet + 1 : 0;
            if (quiet == QuietGlances || waited >= Patience)
                return (from, now);
            before = now;
        }
    }

    /// <summary>What of a core the compiler's thread took.</summary>
    public static double CompilerPercent(Spending from, Spending to) => to.CpuByNameSince(from).GetValueOrDefault(Compiler);
}
