using Benchmarks.Media;
using GeminiLive;
using Simulation.Live;

namespace Benchmarks.Live;

/// <summary>A1: the server resets connections; how soon the first attempt comes, and how soon the session is back.</summary>
internal sealed class Losses
{
    private static readonly short[] Word = new short[2_400];

    private readonly Samples _attempt = new();
    private readonly Samples _resumed = new();
    private Reception? _reception;

    public static async Task<IReadOnlyList<FigureRow>> MeasureAsync()
    {
        var handshake = await Handshakes.MeasureAsync(40);
        var one = await RunAsync(lines: 1, rounds: 15);
        var many = await RunAsync(lines: 20, rounds: 4);
        return [.. one.Rows("1 session", handshake), .. many.Rows("20 sessions at once", handshake)];
    }

    private static async Task<Losses> RunAsync(int lines, int rounds)
    {
        await using var live = await SimulatedLive.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, TimeProvider.System);
        var factory = LiveLine.FactoryFor(new LiveOptions { Endpoint = live.Endpoint.AbsoluteUri, ApiKey = "test" });
        var opened = new List<LiveLine>();
        for (var number = 0; number < lines; number++)
            opened.Add(await LiveLine.OpenAsync(factory, number));
        var losses = new Losses();
        using (new Metronome([.. opened.Select(line => (Action)line.Tick)]))
        {
            while (rounds-- > 0)
                await losses.LoseAllAsync(live, opened);
            await Task.Delay(100);
        }
        losses._reception = Reception.Of(live.Sessions);
        await Task.WhenAll(opened.Select(line => line.DisposeAsync().AsTask()));
        return losses;
    }

    private async Task LoseAllAsync(SimulatedLive live, List<LiveLine> lines)
    {
        var (sessions, spoken) = (live.Sessions.TakeLast(lines.Count).ToList(), Clock.Now);
        await Task.WhenAll(sessions.Select(session => session.SayAsync(Word)));
        await Task.WhenAll(lines.Select(line => line.WhenAsync<TurnComplete>(spoken)));
        await Task.Delay(Random.Shared.Next(300, 320));

        var (attempts, lost) = (live.ConnectionAttempts, Clock.Now);
        await Task.WhenAll(sessions.Select(session => session.AbortAsync()));
        foreach (var resumed in await Task.WhenAll(lines.Select(line => line.WhenAsync<Resumed>(lost))))
            _resumed.Add(Clock.Milliseconds(lost, resumed));
        foreach (var (timestamp, _) in live.Attempts.Skip(attempts).Take(lines.Count))
            _attempt.Add(Clock.Milliseconds(lost, timestamp));
    }

    private IEnumerable<FigureRow> Rows(string sessions, Samples handshake) =>
    [
        new("A1", $"reset to the first attempt, {sessions}", "<= 100 ms", Verdict.Of(_attempt, worstMs: 100), $"bare handshake: {handshake}"),
        new("A1", $"reset to resumed, {sessions}", "<= 500 ms", Verdict.Of(_resumed, worstMs: 500), $"bare handshake: {handshake}"),
        new("", $"caller audio over all resets, {sessions}", "", $"lost {_reception!.LostMs} ms in {_resumed.Count} resets, out of order or twice {_reception.MisplacedMs} ms",
            "the last second is said again after a reset, on purpose"),
    ];
}
