using AudioMeasures.Impairments;
using Support.Audio;
using Telephony.Audio;
using Telephony.Tests.Media;
using VoiceAgent.Audio;

namespace Benchmarks.Sound;

/// <summary>Goals B17 and B18 on virtual time: callers who pause, and callers whose clock is off, towards the model and towards a person they are joined with.</summary>
internal static class ClockRows
{
    private const int SpurtMs = 1_000;
    private const int PauseMs = 2_000;
    private const int Spurts = 200;

    public static IEnumerable<FigureRow> Measure() => [Noise(), Uplink(200), Uplink(-200), Joined(200), Joined(-200)];

    private static FigureRow Noise()
    {
        var receiver = new TestReceiver(sink: new RecordingSink(8_000));
        var line = new ImpairedLine(new Impairment { JitterMs = 30 }, seed: 5);
        var (index, worstMs, frame) = (0, 0.0, TestReceiver.ToneFrame(0));
        for (var spurt = 0; spurt < Spurts; spurt++)
        {
            var startMs = spurt * (SpurtMs + PauseMs);
            for (var atMs = startMs; atMs < startMs + SpurtMs; atMs += 20)
            {
                receiver.RunTo(line.Arrivals(atMs)[0]);
                receiver.Audio(index++, frame, marker: atMs == startMs, timestamp: atMs * 8);
                worstMs = Math.Max(worstMs, Math.Abs(receiver.Sink.Ms - atMs - 20));
            }
            receiver.RunTo(line.Arrivals(startMs + SpurtMs)[0]);
            receiver.Send(index++, (startMs + SpurtMs) * 8, 13, [50]);
        }
        var samples = receiver.Sink.Samples;
        var worstDb = Enumerable.Range(0, Spurts - 1).Max(spurt =>
            Math.Abs(50 + PcmLevel.RmsDbov(samples.AsSpan((spurt * (SpurtMs + PauseMs) + SpurtMs + 100) * 8, (PauseMs - 200) * 8))));
        return new("B17", "ten minutes of talk and comfort noise of -50 dBov, 30 ms jitter: time line off; noise level off", "<= 20 ms; <= 2 dB",
            $"{Verdict.Of(worstMs, 20, "ms")}; {Verdict.Of(worstDb, 2, "dB")}", "");
    }

    private static FigureRow Uplink(int ppm)
    {
        var receiver = new TestReceiver(sink: new RecordingSink(8_000));
        var (worstMs, frame) = (0.0, TestReceiver.ToneFrame(0));
        for (var index = 0; index < 3_600 * 50; index++)
        {
            receiver.RunTo(20 * index * (1 - ppm / 1e6));
            receiver.Audio(index, frame, marker: index == 0, timestamp: index * 160);
            worstMs = Math.Max(worstMs, Math.Abs(receiver.Sink.Ms - 20 * index - 20));
        }
        var touched = receiver.Counters.PacketsLate + receiver.Counters.PacketsAheadOfTime + receiver.Counters.SilenceUs;
        return new("B18", $"an hour of speech without a pause, caller's clock {ppm:+0;-0} ppm, to the model: delay grown; packets dropped, silence put in", "<= 20 ms; 0",
            $"{Verdict.Of(worstMs, 20, "ms")}; {Verdict.Of(touched, 0, "")}", "");
    }

    private static FigureRow Joined(int ppm)
    {
        const int Frame = JoinedAudio.RateHz / 50;
        var (joined, frame, voice) = (new JoinedAudio(), new short[Frame], SyntheticVoice.Create(JoinedAudio.RateHz, 10 * JoinedAudio.RateHz, seed: 7));
        double first = double.NaN, longest = 0;
        var (packets, taken, missed) = (0, 0, 0);
        for (var nowMs = 0.0; nowMs < 3_600_000; nowMs += 20)
        {
            for (; packets * 20 * (1 - ppm / 1e6) <= nowMs; packets++)
                joined.Write(voice.AsSpan(packets * Frame % voice.Length, Frame));
            if (joined.Read(frame) == 0)
            {
                missed++;
                continue;
            }
            var delay = nowMs * (1 + ppm / 1e6) - (taken++ * (double)Frame + joined.Corrected) * 1_000 / JoinedAudio.RateHz;
            first = double.IsNaN(first) ? delay : first;
            longest = Math.Max(longest, delay - first);
        }
        return new("B18", $"the same to a person the caller is joined with, {ppm:+0;-0} ppm: delay grown; skipped", "<= 20 ms; 0",
            $"{Verdict.Of(Math.Round(longest, 1), 20, "ms")}; {Verdict.Of(joined.Skipped, 0, "samples")}", $"{missed * 20} ms until it begins");
    }
}
