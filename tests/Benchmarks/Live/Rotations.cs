using Benchmarks.Media;
using GeminiLive;
using Simulation.Live;

namespace Benchmarks.Live;

/// <summary>B30: the change of connection after <c>goAway</c>, in a quiet moment, while the caller speaks, and while the agent is heard.</summary>
internal sealed class Rotations
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Spare = TimeSpan.FromMilliseconds(300);   // of the time left, before the deadline of our own
    private static readonly short[] Word = new short[2_400];
    private static readonly short[] Sentence = Support.Tone.Sine(24_000, 440, 48_000);

    private readonly Samples _resumed = new();
    private readonly Samples _hold = new();
    private readonly Samples _gap = new();
    private Reception? _reception;

    public static async Task<IReadOnlyList<FigureRow>> MeasureAsync()
    {
        var handshake = await Handshakes.MeasureAsync(40);
        await RunAsync(changes: 3, isCallerLoud: false, isAgentHeard: false);   // code is compiled
        var quiet = await RunAsync(changes: 12, isCallerLoud: false, isAgentHeard: false);
        var loud = await RunAsync(changes: 8, isCallerLoud: true, isAgentHeard: false);
        var heard = await RunAsync(changes: 6, isCallerLoud: false, isAgentHeard: true);
        return
        [
            .. quiet.Rows("in a quiet moment", handshake),
            .. loud.Rows("while the caller speaks", handshake),
            .. heard.Rows("while the agent is heard", handshake),
            new("B30", "goAway while the agent is heard: silence in what the caller hears", "0 ms", Verdict.Of(heard._gap.Quantile(1), 0, "ms"), ""),
        ];
    }

    private static async Task<Rotations> RunAsync(int changes, bool isCallerLoud, bool isAgentHeard)
    {
        await using var live = await SimulatedLive.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, TimeProvider.System);
        var options = new LiveOptions { Endpoint = live.Endpoint.AbsoluteUri, ApiKey = "test" };
        await using var line = await LiveLine.OpenAsync(LiveLine.FactoryFor(options), number: 1);
        var rotations = new Rotations();
        using (new Metronome([line.Tick]))
        {
            for (var number = 1; number <= changes; number++)
            {
                await SpeakAsync(line, live.Sessions[^1], Word, untilTurnEnds: true);
                line.IsLoud = isCallerLoud;
                await Task.Delay(Random.Shared.Next(400, 420));
                var start = Clock.Now;
                if (isAgentHeard)
                    await SpeakAsync(line, live.Sessions[^1], Sentence, untilTurnEnds: false);
                await rotations.ChangeAsync(live, options.GoAwayMargin + Spare);
                line.IsLoud = false;
                if (isAgentHeard)
                    await Task.Delay(TimeSpan.FromSeconds(2.2));
                if (isAgentHeard)
                    rotations._gap.Add(line.GapSince(start));
            }
        }
        rotations._reception = Reception.Of(live.Sessions);
        return rotations;
    }

    /// <summary>Whatever the model says makes the session sound and its state one that can be resumed.</summary>
    private static async Task SpeakAsync(LiveLine line, SimulatedSession session, short[] pcm, bool untilTurnEnds)
    {
        var start = Clock.Now;
        await session.SayAsync(pcm);
        await (untilTurnEnds ? line.WhenAsync<TurnComplete>(start) : line.WhenAsync<GenerationComplete>(start));
    }

    private async Task ChangeAsync(SimulatedLive live, TimeSpan timeLeft)
    {
        var old = live.Sessions[^1];
        await old.GoAwayAsync(timeLeft);
        var next = await live.WaitForSessionAsync(old.Number + 1, Limit);
        var resumed = await next.WaitForAsync(SessionEventKind.SetupCompleted, Limit);
        await Task.Delay(100);
        var asked = await old.WaitForAsync(SessionEventKind.GoAwaySent, Limit);
        _resumed.Add(Clock.Milliseconds(asked.Timestamp, resumed.Timestamp));
        if (next.AudioArrivals.Count > 0)
            _hold.Add(Clock.Milliseconds(old.AudioArrivals[^1].Timestamp, next.AudioArrivals[0].Timestamp));
    }

    private IEnumerable<FigureRow> Rows(string moment, Samples handshake) =>
    [
        new("", $"goAway {moment}: to setupComplete of the next connection", "", _resumed.ToString(), $"bare handshake: {handshake}"),
        new("B30", $"goAway {moment}: caller audio held back", "<= 300 ms", Verdict.Of(_hold, worstMs: 300), "a frame is 20 ms"),
        new("B30", $"goAway {moment}: caller audio", "0 ms lost, in order", $"{_reception}", ""),
    ];
}
