using Benchmarks.Media;
using GeminiLive;
using Simulation.Live;

namespace Benchmarks.Live;

/// <summary>A17: the first target dies, the fallback speaks; no silence ladder stands behind the session here.</summary>
internal static class Fallbacks
{
    private const int Calls = 5;
    private const double GoalMs = 2_000;

    public static async Task<IReadOnlyList<FigureRow>> MeasureAsync() =>
    [
        Row("before the call, refused with 503", await RunAsync(faults => faults.RefuseWithStatus = 503, isOpenBefore: false)),
        Row("mid-call, refused with 503", await RunAsync(faults => faults.RefuseWithStatus = 503, isOpenBefore: true)),
        Row("mid-call, closing every setup with 1011", await RunAsync(faults => faults.CloseAtSetup = (1011, "Internal error encountered."), isOpenBefore: true)),
        Row("mid-call, never answering a setup", await RunAsync(faults => faults.NeverAnswerSetup = true, isOpenBefore: true)),
    ];

    private static async Task<Samples> RunAsync(Action<SimulatedFaults> die, bool isOpenBefore)
    {
        var times = new Samples();
        for (var call = 0; call < Calls; call++)
        {
            await using var primary = await SimulatedLive.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, TimeProvider.System);
            await using var second = await SimulatedLive.StartAsync(new SimulatedLiveOptions(), TimeProvider.System);
            var factory = LiveLine.FactoryFor(new LiveOptions
            {
                Endpoint = primary.Endpoint.AbsoluteUri,
                ApiKey = "test",
                Fallbacks = [new LiveFallbackOptions { Endpoint = second.Endpoint.AbsoluteUri }],
            });
            times.Add(isOpenBefore ? await DieMidCallAsync(factory, primary, die) : await DieBeforeAsync(factory, primary, die));
        }
        return times;
    }

    private static async Task<double> DieBeforeAsync(LiveClientFactory factory, SimulatedLive primary, Action<SimulatedFaults> die)
    {
        die(primary.Faults);
        var start = Clock.Now;
        await using var line = await LiveLine.OpenAsync(factory, number: 1);
        using var ticking = new Metronome([line.Tick]);
        line.Greet();
        return await UntilHeardAsync(line, start);
    }

    /// <summary>The caller has been heard to say something, and then the server dies over the answer.</summary>
    private static async Task<double> DieMidCallAsync(LiveClientFactory factory, SimulatedLive primary, Action<SimulatedFaults> die)
    {
        await using var line = await LiveLine.OpenAsync(factory, number: 1);
        using var ticking = new Metronome([line.Tick]);
        var start = Clock.Now;
        await primary.Sessions[0].SayAsync(new short[2_400], "Hello.");
        await line.WhenAsync<TurnComplete>(start);
        await primary.Sessions[0].SendTranscriptAsync("When do you open?");
        await line.WhenAsync<InputTranscript>(start);

        die(primary.Faults);
        start = Clock.Now;
        await primary.Sessions[0].AbortAsync();
        await line.WhenAsync<Resumed>(start);
        return await UntilHeardAsync(line, start);
    }

    private static async Task<double> UntilHeardAsync(LiveLine line, long start)
    {
        while (line.FirstAudio == 0)
        {
            if (Clock.Milliseconds(start, Clock.Now) > 10_000)
                return double.PositiveInfinity;
            await Task.Delay(2);
        }
        return Clock.Milliseconds(start, line.FirstAudio);
    }

    private static FigureRow Row(string how, Samples times) =>
        new("A17", $"primary dead {how}: to the fallback's first sound", "<= 2,000 ms", Verdict.Of(times, worstMs: GoalMs), "");
}
