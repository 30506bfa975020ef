using EndToEnd.Tests;

namespace Benchmarks.Media;

/// <summary>Talking calls side by side, with the reference sender beside them.</summary>
internal static class TurnScenario
{
    /// <summary>Measures one set of calls.</summary>
    /// <param name="agent">The service.</param>
    /// <param name="phone">The callers' phone.</param>
    /// <param name="calls">Calls at the same time.</param>
    /// <param name="turns">Turns in each.</param>
    /// <param name="maxPause">Longest pause between turns.</param>
    public static async Task<TurnTimes> RunAsync(AgentUnderTest agent, RawPhone phone, int calls, int turns, TimeSpan maxPause)
    {
        var lines = new List<PhoneLine>();
        var talking = new List<TalkingCall>();
        while (lines.Count < calls)
        {
            lines.Add(await phone.CallAsync());
            talking.Add(new TalkingCall(lines[^1], agent.Live.Sessions[^1]));
        }
        // The first packets lock the source and may find cold caches: not what is measured.
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        await Task.WhenAll(talking.Select(call => call.TalkAsync(turns, maxPause)));
        var times = new TurnTimes { PhoneLatenessMs = phone.WorstLatenessMs };
        foreach (var line in lines)
            await phone.HangUpAsync(line);

        talking.ForEach(call => times.Add(call.Evaluate()));
        return times;
    }
}
