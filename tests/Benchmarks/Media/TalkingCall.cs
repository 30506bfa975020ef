using Simulation.Live;

namespace Benchmarks.Media;

/// <summary>One call in which caller and model take turns: two loud packets up, a long speech down, cut short by <c>interrupted</c>.</summary>
internal sealed class TalkingCall(PhoneLine line, SimulatedSession session)
{
    private const int SpeechSeconds = 2;
    private static readonly short[] Speech = Tone();

    private readonly List<Turn> _turns = [];

    /// <summary>Takes turns; every wait has a random part, so that every phase of both clocks is met.</summary>
    /// <param name="turns">How many.</param>
    /// <param name="maxPause">Longest pause before each, evenly distributed.</param>
    public async Task TalkAsync(int turns, TimeSpan maxPause)
    {
        while (turns-- > 0)
        {
            await Task.Delay(Random.Shared.NextDouble() * maxPause);
            var first = await SendMarkerAsync();
            var second = await SendMarkerAsync();
            var from = Clock.Now;
            await session.SayAsync(Speech);
            await PauseAsync(150, 300);
            await session.InterruptAsync();
            await PauseAsync(130, 150);
            _turns.Add(new Turn(first, second, from, Clock.Now));
        }
    }

    /// <summary>What was measured; asked once the call is over.</summary>
    public TurnTimes Evaluate()
    {
        var times = new TurnTimes();
        var (markers, events) = (new MarkerSearch(session), session.Events);
        foreach (var turn in _turns)
        {
            Add(times.Up, turn.FirstMarker, markers.ArrivalBetween(turn.FirstMarker, turn.SecondMarker));
            var up = Add(times.Up, turn.SecondMarker, markers.ArrivalBetween(turn.SecondMarker, turn.To));
            var spoken = TimeOf(events, SessionEventKind.GenerationStarted, turn.From);
            var down = Add(times.Down, spoken, line.FirstLoudSince(spoken));
            AddStop(times, TimeOf(events, SessionEventKind.Interrupted, turn.From), line.LastLoudBefore(turn.To));
            times.Both.Add(up + down);
        }
        times.Turns = _turns.Count;
        return times;
    }

    private static double Add(Samples samples, long sent, long arrived)
    {
        if (sent == 0 || arrived == 0)
            return double.NaN;
        var milliseconds = Clock.Milliseconds(sent, arrived);
        samples.Add(milliseconds);
        return milliseconds;
    }

    // The last loud packet may have left before the model's word came: then it stopped at once.
    private static void AddStop(TurnTimes times, long interrupted, long lastLoud)
    {
        if (interrupted != 0 && lastLoud != 0)
            times.Stop.Add(Math.Max(0, Clock.Milliseconds(interrupted, lastLoud)));
    }

    private static long TimeOf(IReadOnlyList<SessionEvent> events, SessionEventKind kind, long from)
    {
        foreach (var happened in events)
        {
            if (happened.Kind == kind && happened.Timestamp >= from)
                return happened.Timestamp;
        }
        return 0;
    }

    private static Task PauseAsync(int least, int most) => Task.Delay(Random.Shared.Next(least, most));

    private static short[] Tone()
    {
        var pcm = new short[SpeechSeconds * 24_000];
        for (var i = 0; i < pcm.Length; i++)
            pcm[i] = (short)(16_000 * Math.Sin(2 * Math.PI * (i + 1) / 24));   // 1 kHz
        return pcm;
    }

    private async Task<long> SendMarkerAsync()
    {
        var sent = await line.SendMarkerAsync();
        await PauseAsync(90, 110);
        return sent;
    }

    private readonly record struct Turn(long FirstMarker, long SecondMarker, long From, long To);
}
