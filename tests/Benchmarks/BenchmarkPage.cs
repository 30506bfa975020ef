namespace Benchmarks;

/// <summary>One run as a Markdown page: how to read it, where it was measured, the figures.</summary>
internal static class BenchmarkPage
{
    private const string Introduction = """
        # Benchmarks

        Made by `dotnet run -c Release --project tests/Benchmarks -- {0} --out docs/benchmarks.md`, which takes about three minutes and needs no
        network, key or peer: run it again on your machine before you compare. Phone, service and simulated Live server run in one process over loopback
        sockets, and every time is read from one monotonic clock, so a figure also holds what the instruments cost. That is why each stands beside a
        *plain bridge* that ran at the same moment, on plain threads and with the same sockets and messages but without any work in between: what it takes,
        no agent on this machine could save; the difference is ours. p50 is the median, p99 what one in a hundred exceeds, n the number of samples.
        A figure that is not what was wanted says **missed**. A load above the number of cores means that the machine had other work: then every p99
        is the scheduler's as much as ours, and the bridge shows how much. The median of B5 cannot fall below half a packet: what was spoken before
        fades out in the next packet, and that leaves on its 20 ms schedule.

        """;

    /// <summary>The page.</summary>
    /// <param name="verb">What was measured.</param>
    /// <param name="loadBefore">Load average when the run began.</param>
    /// <param name="rows">The figures.</param>
    public static string Write(string verb, string loadBefore, IReadOnlyList<FigureRow> rows) =>
        Introduction.Replace("{0}", verb, StringComparison.Ordinal)
        + $"\nMeasured {Machine.Describe()}; load {loadBefore} before the run, {Machine.Load} after it.\n\n"
        + FigureTable.ToMarkdown(rows);
}
