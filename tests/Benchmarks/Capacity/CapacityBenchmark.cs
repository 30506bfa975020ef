using Benchmarks.Media;

namespace Benchmarks.Capacity;

/// <summary>How many calls one core carries, at which cost, beside a plain bridge that does the same.</summary>
internal static class CapacityBenchmark
{
    private const double CpuGoalPercent = 0.20;
    private const double GapGoalMs = 5;
    private const double AllocatedGoalKilobytes = 2;
    private const double PausedGoalPercent = 0.1;
    private const double MemoryGoalMegabytes = 0.3;
    private const double InviteGoalMs = 10;
    private const double RefusedGoalMs = 0.5;
    private const double TlsGoalTimes = 1.4;
    private const double GrowthGoalTimes = 1.0;
    private const double LoadGoalPercent = 70;

    public static BenchmarkSection Section(CapacityOptions options) => new(
        "Capacity",
        $"""
        Options: `--calls 100,250,500 --seconds 10 --rounds 2 --transport ws|wss --wss 100,250 --codec PCMU --srtp SUITE --reference 250 --beside 50,100 --refused 1000 --set NAME=VALUE`.
        The service runs in a process of its own on the first core; callers and a lean Live server (frames written beforehand) in another one on the second. Every call speaks
        both ways without a pause: 50 packets a second each way, and 25 messages of model audio a second. Gaps are those of the kernel's times of arrival against the
        packets' numbers; the load looks for them every two milliseconds and wakes for none, as over loopback that would be charged to their sender; processor is what the kernel's scheduler counted for all threads of the process. The reference is a plain bridge: a `System.Threading.Timer` and
        awaited receives per call, strings and `JsonSerializer`, with the runtime settings that the service ships with; both are measured in turn, and a figure is missed when it is in any
        round. The service logs errors only. This run: {(options.IsTls ? "wss" : "ws")}, {options.Codec}{(options.Srtp is null ? "" : $", {options.Srtp}")}{string.Concat(options.Settings.Select(setting => ", " + setting))}.
        """,
        () => Run(options).GetAwaiter().GetResult());

    private static async Task<IReadOnlyList<FigureRow>> Run(CapacityOptions options)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Capacity is measured by the means of Linux.");
        Affinity.Pin(core: 1);
        var run = new CapacityRun(options);
        var rows = new List<FigureRow>();
        var costs = new Dictionary<int, double>();
        foreach (var calls in options.Calls)
        {
            var (ours, plain) = (new List<CapacityFigures>(), new List<CapacityFigures>());
            for (var round = 0; round < options.Rounds; round++)
            {
                ours.Add(await run.MeasureAsync(calls, isReference: false));
                if (calls <= options.ReferenceCalls)
                    plain.Add(await run.MeasureAsync(calls, isReference: true));
            }
            rows.AddRange(Rows(calls, ours, plain));
            costs[calls] = ours.Average(one => one.CpuPercentPerCall);
        }
        rows.AddRange(Growth(costs));
        rows.AddRange(await TlsAsync(options, costs));
        rows.AddRange(await CapacityVariants.MeasureAsync(options));
        if (options.Refused > 0)
            rows.Add(Refused(options.Refused, await run.RefusedCallsAsync()));
        return rows;
    }

    private static IEnumerable<FigureRow> Rows(int calls, List<CapacityFigures> ours, List<CapacityFigures> plain)
    {
        FigureRow Row(string what, string goal, Func<CapacityFigures, string> text) => new("", $"{calls} calls: {what}", goal, Each(ours, text), Each(plain, text));
        FigureRow Bounded(string what, double most, string unit, Func<CapacityFigures, double> figure, int digits = 2) => new(
            "", $"{calls} calls: {what}", $"<= {most} {unit}",
            $"{Each(ours, one => figure(one).ToString($"F{digits}", null))} {unit}{(ours.Max(figure) <= most ? "" : ", **missed**")}",
            plain.Count == 0 ? "" : $"{Each(plain, one => figure(one).ToString($"F{digits}", null))} {unit}");
        yield return Row("calls up", $"{calls}", one => $"{one.Up}");
        yield return Bounded("processor per call", CpuGoalPercent, "% of a core", one => one.CpuPercentPerCall, digits: 3);
        yield return Row("processor by thread, % of a core", "", one => one.Threads);
        yield return Row("before, until the compiler rested: time; processor per call; the compiler's own", "", one => one.Compiling);
        yield return Row("packets to callers a second; lost; silent calls", $"{calls * 50}; 0; 0", one => $"{one.Heard / one.Seconds:0}; {one.Lost}; {one.Silent}");
        yield return Row("caller audio that the Live server heard; messages a second", "100 %", one => $"{one.ShareUp * 100:0.0} %; {one.MessagesUp / one.Seconds:0}");
        yield return Row("packets off their 20 ms", "", one => one.Gaps);
        yield return Bounded("packets off their 20 ms, p99", GapGoalMs, "ms", one => one.GapP99Ms);
        yield return Bounded("allocated per call and second", AllocatedGoalKilobytes, "KB", one => one.AllocatedKilobytesPerSecond);
        yield return Bounded("paused for garbage", PausedGoalPercent, "%", one => one.PausedPercent, digits: 3);
        yield return Row("pauses: collections, full ones, mean", "", one =>
            $"{one.After.Collections - one.Before.Collections}, {one.After.FullCollections - one.Before.FullCollections}, {one.LongestMeanPauseMs:0.0} ms");
        yield return Bounded("memory per call", MemoryGoalMegabytes, "MB", one => one.MegabytesPerCall);
        yield return Row("of it managed", "", one => $"{one.HeapMegabytesPerCall:0.00} MB");
        yield return new("", $"{calls} calls: INVITE to 200 beside them, p99", $"<= {InviteGoalMs} ms", Each(ours, one => Verdict.Of(one.Invite.Quantile(0.99), InviteGoalMs, "ms")), "");
        yield return new("", $"{calls} calls: INVITE to 200 beside them", "", Each(ours, one => $"{one.Invite}"), "");
        yield return Bounded("the load itself: its core", LoadGoalPercent, "%", one => one.LoadCpuPercent, digits: 0);
        yield return Row("the load itself: its sends' lateness", "", one => one.LoadLateness);
        yield return Row("datagrams for which a socket had no room: the service's, the load's", "0; 0", one => $"{one.Dropped}; {one.LoadDropped}");
    }

    private static IEnumerable<FigureRow> Growth(Dictionary<int, double> costs) =>
        from calls in costs.Keys.Order().Skip(1)
        let least = costs.Keys.Min()
        select new FigureRow("", $"{calls} calls: processor per call against that of {least}", $"<= {GrowthGoalTimes:0.0} times", Verdict.Of(costs[calls] / costs[least], GrowthGoalTimes, "times"), "");

    /// <summary>The same calls with sessions over TLS, each level once.</summary>
    private static async Task<IReadOnlyList<FigureRow>> TlsAsync(CapacityOptions options, Dictionary<int, double> costs)
    {
        var rows = new List<FigureRow>();
        foreach (var calls in options.IsTls ? [] : options.TlsCalls.Where(costs.ContainsKey))
        {
            var tls = await new CapacityRun(options with { IsTls = true, ShortCalls = 0 }).MeasureAsync(calls, isReference: false);
            rows.Add(new("", $"{calls} calls, wss: processor per call against ws", $"<= {TlsGoalTimes} times", Verdict.Of(tls.CpuPercentPerCall / costs[calls], TlsGoalTimes, "times"),
                $"{tls.CpuPercentPerCall:0.000} % of a core; up {tls.Up}, lost {tls.Lost}, silent {tls.Silent}; off their 20 ms p99 {tls.GapP99Ms:0.00} ms; by thread: {tls.Threads}"));
        }
        return rows;
    }

    private static FigureRow Refused(int wanted, (double CpuMs, double PerSecond, Samples Answer) figures) => new(
        "", $"{wanted} calls a second that are refused: processor each", $"<= {RefusedGoalMs} ms",
        $"{Verdict.Of(figures.CpuMs, RefusedGoalMs, "ms")} at {figures.PerSecond:0} calls/s", $"INVITE to {Programs.RefusedStatus}: {figures.Answer}");

    private static string Each(List<CapacityFigures> rounds, Func<CapacityFigures, string> text) => string.Join(" / ", rounds.Select(text));
}
