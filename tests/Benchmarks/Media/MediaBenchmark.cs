using Benchmarks.Audio;
using EndToEnd.Tests;
using Microsoft.Extensions.DependencyInjection;
using Simulation.Live;
using Telephony.Media;

namespace Benchmarks.Media;

/// <summary>Whole calls over loopback, in one process and by one clock: goals B1, B2, B3, B5 and B27; and the arithmetic of the audio, B24 and B25.</summary>
internal static class MediaBenchmark
{
    private const int SingleCalls = 10;
    private const int ManyCalls = 50;

    /// <summary>Its part of the page.</summary>
    public static BenchmarkSection Section { get; } = new("Calls and audio", """
        It takes about three minutes. Each figure stands beside a
        *plain bridge* that ran at the same moment, on plain threads and with the same sockets and messages but without any work in between: what it takes,
        no agent on this machine could save; the difference is ours. The median of B5 cannot fall below half a packet: what was spoken before
        fades out in the next packet, and that leaves on its 20 ms schedule.
        """, Run);

    /// <summary>Measures everything; about three minutes.</summary>
    public static IReadOnlyList<FigureRow> Run() => [.. MeasureCallsAsync().GetAwaiter().GetResult(), .. AudioQuality.Measure()];

    /// <summary>Turns alone, of fewer calls one after the other, and with a network between: B1 to B5, in little more than a minute.</summary>
    public static IReadOnlyList<FigureRow> RunTurns(Func<AgentUnderTest, RawPhone, Task<IReadOnlyList<FigureRow>>> more) => MeasureTurnsAsync(more).GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<FigureRow>> MeasureTurnsAsync(Func<AgentUnderTest, RawPhone, Task<IReadOnlyList<FigureRow>>> more)
    {
        await using var agent = await StartAsync();
        using var phone = new RawPhone(agent.Udp);
        await BesideReferenceAsync(agent, () => TurnScenario.RunAsync(agent, phone, calls: 20, turns: 6, TimeSpan.FromSeconds(1)));
        return
        [
            .. MediaRows.Of("1 call", await BesideReferenceAsync(agent, () => OneAfterTheOtherAsync(agent, phone, SingleCalls / 2)), stopWorstMs: 30),
            .. MediaRows.Of($"{ManyCalls} calls", await BesideReferenceAsync(agent, () => SideBySideAsync(agent, phone)), stopWorstMs: 40),
            .. await more(agent, phone),
        ];
    }

    private static Task<AgentUnderTest> StartAsync() => AgentUnderTest.StartAsync(
        new SimulatedLiveOptions { AutoAnswer = false },
        ("Agents:Profiles:reception:Greeting", ""),
        ("Live:TurnTimeout", "00:01:00"));

    private static async Task<IReadOnlyList<FigureRow>> MeasureCallsAsync()
    {
        await using var agent = await StartAsync();
        using var phone = new RawPhone(agent.Udp);
        var first = await phone.CallAsync();
        await phone.HangUpAsync(first);
        await WarmUpAsync(agent, phone);
        var rows = new List<FigureRow>();
        rows.AddRange(MediaRows.Of(await AnswerTimes.MeasureAsync(agent, phone, calls: 150)));
        rows.Add(MediaRows.OfFirst(first));
        rows.AddRange(MediaRows.Of("1 call", await BesideReferenceAsync(agent, () => OneAfterTheOtherAsync(agent, phone, SingleCalls)), stopWorstMs: 30));
        rows.AddRange(MediaRows.Of($"{ManyCalls} calls", await BesideReferenceAsync(agent, () => SideBySideAsync(agent, phone)), stopWorstMs: 40));
        rows.Add(new("", "priority of the media thread", "", agent.Services.GetRequiredService<MediaClock>().IsRealTime ? "real-time" : "normal", "normal"));
        return rows;
    }

    // Code is compiled again at its best after some use, and that is how a service runs.
    private static async Task WarmUpAsync(AgentUnderTest agent, RawPhone phone)
    {
        await AnswerTimes.MeasureAsync(agent, phone, calls: 60);
        await BesideReferenceAsync(agent, () => TurnScenario.RunAsync(agent, phone, calls: 20, turns: 6, TimeSpan.FromSeconds(1)));
    }

    private static async Task<(TurnTimes Measured, ReferenceTimes Reference)> BesideReferenceAsync(AgentUnderTest agent, Func<Task<TurnTimes>> measure)
    {
        await using var bridge = await PlainBridge.StartAsync(agent.Live);
        var measured = await measure();
        return (measured, await bridge.StopAsync());
    }

    // Each call lies at another phase of the agent's clock.
    private static async Task<TurnTimes> OneAfterTheOtherAsync(AgentUnderTest agent, RawPhone phone, int calls)
    {
        var times = new TurnTimes();
        for (var call = 0; call < calls; call++)
            times.Add(await TurnScenario.RunAsync(agent, phone, calls: 1, turns: 11, TimeSpan.FromMilliseconds(60)));
        return times;
    }

    private static Task<TurnTimes> SideBySideAsync(AgentUnderTest agent, RawPhone phone) =>
        TurnScenario.RunAsync(agent, phone, ManyCalls, turns: 6, TimeSpan.FromSeconds(8));
}
