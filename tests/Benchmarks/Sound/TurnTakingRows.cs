using Benchmarks.Media;
using Support;
using VoiceAgent.Audio;
using VoiceAgent.Tests.TurnTaking;
using VoiceAgent.Tests.VirtualCalls;

namespace Benchmarks.Sound;

/// <summary>Goals B9 to B13 on virtual time: what is heard once somebody cuts in, what is told of it, what a cough does, and the agent's own echo.</summary>
internal static class TurnTakingRows
{
    private const int FrameMs = VirtualLine.FrameMs;
    private const int EchoMs = 600_000;

    /// <summary>Whole calls: B9 and B10. Alone in the process: their clock waits until the thread pool is at rest.</summary>
    public static IEnumerable<FigureRow> MeasureCalls() => MeasureCallsAsync().GetAwaiter().GetResult();

    /// <summary>The caller's sounds beside an agent that talks: B11, B12 and B13.</summary>
    public static IEnumerable<FigureRow> MeasureSounds() => [Onsets(), Resumed(), Coughs(), .. Echoes()];

    private static async Task<IEnumerable<FigureRow>> MeasureCallsAsync()
    {
        var (staleMs, errors) = (0, new Samples());
        for (var heardMs = 300; heardMs < 4_300; heardMs += 200)
        {
            var (stale, error) = await CutAsync(heardMs);
            staleMs = Math.Max(staleMs, stale);
            errors.Add(error);
        }
        return
        [
            new("B9", "500 ms more of a turn that was cut, 20 calls: heard behind the fade, longest", "0 ms", Verdict.Of(staleMs, 0, "ms"), ""),
            new("B10", "heard-so-far as told against the line, 20 calls: worst error", "<= 20 ms", Verdict.Of(errors.Quantile(1), 20, "ms"), ""),
        ];
    }

    private static async Task<(int StaleMs, double ErrorMs)> CutAsync(int heardMs)
    {
        await using var call = new VirtualCall();
        call.Start();
        var first = call.Line.Audible.Count;
        call.Do(call.Session.SayAsync(Tone.Sine(24_000, 500, 24_000 * 5, 6_000), "one two three four five six seven eight nine ten"));
        call.RunUntil(() => call.Line.Audible.Skip(first).Count(audible => audible) * FrameMs >= heardMs, 6_000);
        call.Do(call.Session.InterruptAsync(staleMs: 500));
        var cut = call.Line.Audible.Count;
        call.Run(1_500);
        var wire = call.Line.Heard.Skip(first * 480).ToList();
        var wireMs = (wire.FindLastIndex(sample => sample != 0) - wire.FindIndex(sample => sample != 0)) / 24.0;
        var stale = call.Line.Audible.Skip(cut + 1).Count(audible => audible) * FrameMs;   // the first frame holds the fade
        call.Line.HangUp();
        call.Run(100);
        var turn = call.Record.Transcript.First(turn => turn.Speaker == "agent");
        return (stale, Math.Abs(turn.AudioPlayedMs!.Value - wireMs));
    }

    private static FigureRow Onsets()
    {
        var (times, sounds) = (new Samples(), new CallerSounds(1));
        foreach (var (level, (speechDbov, noiseDbov)) in new[] { (-16, -45), (-20, -65), (-22, -50), (-25, -45), (-26, -60), (-30, -65), (-34, -65) }.Index())
        {
            foreach (var (i, word) in CallerWords.All(speechDbov).Index())
            {
                var line = new TalkOver(storySeconds: 12, hasGate: true);
                line.Hear(sounds.Room(9_000, noiseDbov));
                var skew = (i + level) % 4 * 80;   // the first syllable begins anywhere in a packet
                times.Add(line.Hear(CallerSounds.Mix(sounds.Room(500, noiseDbov), word, skew), skew) ?? 500);
            }
        }
        return new("B11", "caller's first syllable to the agent's silence, seven levels of voice and noise", "p50 <= 80, p99 <= 120 ms", Verdict.Of(times, 80, 120), $"worst {times.Quantile(1):0} ms");
    }

    private static FigureRow Resumed()
    {
        var (line, sounds) = (new TalkOver(storySeconds: 8), new CallerSounds(1));
        line.Hear(sounds.Room(2_000));
        line.Hear(CallerSounds.Mix(sounds.Room(3_000), CallerWords.All(-20)[0]));
        var stopped = Enumerable.Range(0, line.Heard.Count).First(i => line.Heard[i] != line.Story[i]) / 480 * 480;
        var pause = 480 * line.PausedFrames;
        var compared = Enumerable.Range(stopped + PlayoutFade.InSamples, 24_000);
        var wrong = compared.Count(i => line.Heard[i + pause] != line.Story[i]);
        return new("B11", "nobody confirms: pause; samples lost or said twice behind it", "700 to 1,000 ms; 0", $"{line.PausedFrames * FrameMs} ms; {Verdict.Of(wrong, 0, "samples")}", "");
    }

    private static FigureRow Coughs()
    {
        var (paused, lasting) = (0, 0);
        for (var i = 0; i < 200; i++)
        {
            var sounds = new CallerSounds(i);
            var sound = (i % 3) switch { 0 => sounds.Cough(), 1 => sounds.Hum(), _ => sounds.Tap() };
            var line = new TalkOver(storySeconds: 8);
            line.Hear(sounds.Room(1_500, -60));
            line.Hear(CallerSounds.Mix(sounds.Room(2_500, -60), sound, i % 320));
            paused += line.PausedFrames > 0 ? 1 : 0;
            lasting += line.Pause.IsPaused ? 1 : 0;
        }
        return new("B12", "200 coughs, hums and taps while the service is silent: stopped for good; paused", "0; <= 30 %", $"{Verdict.Of(lasting, 0, "")}; {Verdict.Of(paused / 2.0, 30, "%")}", "");
    }

    private static IEnumerable<FigureRow> Echoes()
    {
        foreach (var (lossDb, delayMs) in new[] { (6, 20), (6, 150), (10, 150), (20, 300) })
        {
            var line = new EchoLine(delayMs, lossDb);
            line.Run(3_000);
            line.Run(EchoMs);
            yield return new("B13", $"ten minutes of the agent's own voice, {lossDb} dB softer, {delayMs} ms later: paused", "0", Verdict.Of(line.PausedFrames * FrameMs, 0, "ms"), "");
        }
    }
}
