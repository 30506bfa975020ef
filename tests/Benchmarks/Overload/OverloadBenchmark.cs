using Benchmarks.Live;
using Benchmarks.Media;

namespace Benchmarks.Overload;

/// <summary>A8, and B6 meanwhile: calls are offered at once, twice and ten times the pace that there is room for, while others run.</summary>
internal static class OverloadBenchmark
{
    private const int Running = 10;
    private const int Free = 20;
    private const int FirstCallWaitMs = 4_000;   // the greeting is over by then

    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LevelTime = TimeSpan.FromSeconds(8);

    /// <summary>Its part of the page.</summary>
    public static BenchmarkSection Section { get; } = new("Overload", $"""
        It takes about a minute. The program as it is shipped and the simulated Live server are processes of their own; {Running} calls run all the time, {Free} more have
        room, stay one second each, and are offered at 1, 2 and 10 times the pace at which they fit. Times are from socket to socket. The reference is a datagram of an
        INVITE's size that a plain thread sends back, every 10 ms, and for the running calls one stream that a plain thread sends, timed as theirs are: how late each
        packet comes against the best of its stream.
        """, () => RunAsync().GetAwaiter().GetResult());

    private static async Task<IReadOnlyList<FigureRow>> RunAsync()
    {
        await using var live = await SimulatorProcess.StartAsync(isTalking: false);
        await using var agent = await AgentProcess.StartAsync(live.Endpoint, ("Calls:MaxCalls", $"{Running + Free}"), ("Telephony:MaxCallsPerSecond", "0"));
        using var phone = new RawPhone(agent.Udp);
        var calls = new List<PhoneLine>();
        for (var i = 0; i < Running; i++)
        {
            calls.Add(await phone.CallAsync());
            calls[i].Pacing = new Pacing();
        }
        await Task.Delay(FirstCallWaitMs);
        using var plain = new PlainPeer();
        var rows = new List<FigureRow> { MediaRows.OfFirst(calls[0]) };
        rows.Add(Paced("nothing else", await MeasureAsync(calls, plain, () => Thread.Sleep(LevelTime))));
        rows.AddRange(await RampAsync(agent, calls, plain));
        rows.Add(new("A8", "running calls lost", "0", Verdict.Of(await CountLostAsync(phone, calls), 0, ""), ""));
        return rows;
    }

    private static async Task<List<FigureRow>> RampAsync(AgentProcess agent, List<PhoneLine> calls, PlainPeer plain)
    {
        using var offers = new CallOffers(agent.Udp, Stay);
        var rows = new List<FigureRow>();
        var peak = 0.0;
        foreach (var times in (int[])[1, 2, 10])
        {
            var result = new OfferResult();
            plain.TakeEchoes();
            var paced = await MeasureAsync(calls, plain, () => result = offers.Offer(times * Free / Stay.TotalSeconds, LevelTime));
            peak = Math.Max(peak, result.AcceptedPerSecond);
            rows.AddRange(Of(times, result, peak, plain.TakeEchoes()));
            rows.Add(Paced($"calls offered at {times} times the cap", paced));
        }
        return rows;
    }

    private static IEnumerable<FigureRow> Of(int times, OfferResult result, double peak, Samples echoes)
    {
        yield return new("A8", $"INVITE to 503 at {times} times the cap", "p99 <= 10 ms",
            result.Refused.Count == 0 ? "none refused" : Verdict.Of(result.Refused, worstMs: 10, reference: echoes), $"echo: {echoes}");
        if (times == 1 && result.Refused.Count > 0)
            yield return new("A8", "the very first 503 after the start", "", $"{result.FirstRefusalMs:0.0} ms", "");
        yield return new("A8", $"accepted calls per second at {times} times the cap", ">= 90 % of the peak",
            $"{result.AcceptedPerSecond:0.0}, {100 * result.AcceptedPerSecond / peak:0} %{(result.AcceptedPerSecond < 0.9 * peak ? ", **missed**" : "")}", $"{Free / Stay.TotalSeconds:0} fit");
        yield return new("A8", $"calls at {times} times the cap with no answer, or another one", "0", Verdict.Of(result.Unanswered + result.Others, 0, $"of {result.Offered}"), "");
        yield return new("A8", $"recovery after {times} times the cap: to the next call accepted", "<= 2 s", Verdict.Of(result.TimeToNextAcceptedMs, 2_000, "ms"), "");
    }

    private static FigureRow Paced(string meanwhile, (Samples Agent, Samples Plain) paced) => new("B6", $"lateness of the packets of {Running} running calls, {meanwhile}",
        "p99 <= reference + 1 ms", Verdict.Of(paced.Agent, worstMs: paced.Plain.Quantile(0.99) + 1), $"plain thread: {paced.Plain}");

    private static async Task<(Samples Agent, Samples Plain)> MeasureAsync(List<PhoneLine> calls, PlainPeer plain, Action work)
    {
        calls.ForEach(call => call.Pacing!.TakeTo(new Samples()));
        plain.Pacing.TakeTo(new Samples());
        await Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var (agent, reference) = (new Samples(), new Samples());
        calls.ForEach(call => call.Pacing!.TakeTo(agent));
        plain.Pacing.TakeTo(reference);
        return (agent, reference);
    }

    private static async Task<int> CountLostAsync(RawPhone phone, List<PhoneLine> calls)
    {
        var lost = 0;
        await Task.Delay(200);
        foreach (var call in calls)
        {
            var heard = new Samples();
            call.Pacing!.TakeTo(heard);
            await phone.HangUpAsync(call);
            lost += heard.Count == 0 ? 1 : 0;
        }
        return lost;
    }
}
