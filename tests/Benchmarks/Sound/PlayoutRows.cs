using Support.Audio;
using VoiceAgent.Audio;

namespace Benchmarks.Sound;

/// <summary>Model audio that comes in bursts or all at once (goals B19, B20), and that is cut or runs dry anywhere (B14); by a clock of its own.</summary>
internal static class PlayoutRows
{
    private const int Rate = PlayoutBuffer.RateHz;
    private const int FrameMs = 20;
    private const int FrameSamples = Rate / 50;
    private const int GapMs = 150;
    private const int Places = 10_000;

    public static IEnumerable<FigureRow> Measure()
    {
        yield return Bursts();
        yield return Minute();
        foreach (var row in Clicks())
            yield return row;
    }

    private static FigureRow Bursts()
    {
        var (random, startMs, late, afterSecond) = (new Random(20), 0, 0L, 0L);
        for (var run = 0; run < 100; run++)
        {
            var (start, ran, counted) = Burst(random);
            (startMs, late, afterSecond) = (Math.Max(startMs, start), late + ran, afterSecond + counted);
        }
        return new("B20", $"bursts of {GapMs} ms every {GapMs} ms, up to 30 ms late, 100 runs of a minute: longest wait at the start; holes after the second gap", "<= 60 ms; 0",
            $"{Verdict.Of(startMs, 60, "ms")}; {Verdict.Of(afterSecond, 0, "holes")}; {late} before", "");
    }

    // When the first sample was heard, holes in all, holes after the second gap.
    private static (int StartMs, long Late, long AfterSecond) Burst(Random random)
    {
        var (buffer, frame, chunk) = (new PlayoutBuffer(TimeSpan.FromMinutes(2)), new short[FrameSamples], new short[GapMs * Rate / 1000]);
        var (startMs, firstMs, bursts, due) = (-1, -1, 0, random.Next(0, 31));
        long atSecond = 0;
        for (var ms = 0; ms < 60_000; ms += FrameMs)
        {
            while (due <= ms)
            {
                atSecond = bursts == 3 ? buffer.LateAudio : atSecond;
                firstMs = firstMs < 0 ? ms : firstMs;
                buffer.Write(chunk, Rate, turn: 1);
                due = ++bursts * GapMs + random.Next(0, 31);
            }
            if (buffer.Read(frame) > 0 && startMs < 0)
                startMs = ms - firstMs;
        }
        return (startMs, buffer.LateAudio, buffer.LateAudio - atSecond);
    }

    private static FigureRow Minute()
    {
        var (buffer, chunk, frame) = (new PlayoutBuffer(TimeSpan.FromMinutes(2)), new short[Rate / 25], new short[FrameSamples]);
        Array.Fill(chunk, (short)1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 60 * 25; i++)
            buffer.Write(chunk, Rate, turn: 1);
        var megabytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 1e6;
        buffer.Read(frame);
        var lost = 60 * Rate - FrameSamples - buffer.QueuedSamples;
        buffer.Flush();
        buffer.Read(frame);
        var afterMs = 1 + Array.FindLastIndex(frame, sample => sample != 0) * 1000.0 / Rate;
        return new("B19", "60 s of audio at once: lost; memory; sound after a flush", "0; <= 3 MB; <= 20 ms",
            $"{Verdict.Of(lost, 0, "samples")}; {Verdict.Of(megabytes, 3, "MB")}; {Verdict.Of(afterMs, 20, "ms")}", "");
    }

    private static IEnumerable<FigureRow> Clicks()
    {
        var voices = new[] { SyntheticVoice.Create(Rate, 12 * Rate, seed: 5), SyntheticVoice.Create(Rate, 12 * Rate, seed: 6) }
            .Concat(SpokenVoice.Names.Select(name => SpokenVoice.Load(name, Rate))).ToArray();
        var (random, ours, hard) = (new Random(14), new EdgeFigures(Rate), new EdgeFigures(Rate));
        for (var i = 0; i < Places; i++)
            Click(voices[i % voices.Length], random, isCut: i / voices.Length % 2 == 0, ours, hard);
        var where = $"where the agent is cut or runs dry, {Places:N0} places of {voices.Length} voices";
        yield return new("B14", $"click index {where}: worst", "<= 0 dB", Verdict.Of(ours.WorstStep, 0, "dB"), $"cut hard: {hard.WorstStep:0.0} dB");
        yield return new("B14", $"burst above 3.5 kHz {where}: worst; places above 0.1 dB", "<= 3 dB; <= 1 %",
            $"{Verdict.Of(ours.WorstBurst, 3, "dB")}; {Verdict.Of(ours.BurstPercent, 1, "%")}", $"cut hard: {hard.WorstBurst:0.0} dB; {hard.BurstPercent:0} %");
        yield return new("B14", $"burst of four bands against the 40 ms before, {where}: worst; places above 1 dB", "",
            $"{ours.WorstBand:0.0} dB; {ours.BandPercent:0.00} %", $"cut hard: {hard.WorstBand:0.0} dB; {hard.BandPercent:0} %");
    }

    private static void Click(short[] voice, Random random, bool isCut, EdgeFigures ours, EdgeFigures hard)
    {
        var place = random.Next(0, voice.Length - 17 * FrameSamples - Rate / 4);
        var samples = isCut ? voice.Length - place : Rate / 4 + random.Next(FrameSamples);
        var at = isCut ? 13 * FrameSamples : samples;
        var clean = voice.AsSpan(place, 17 * FrameSamples);
        ours.Add(clean, CutOrDry(voice.AsSpan(place, samples), isCut), at + PlayoutFade.OutSamples / 2);
        var abrupt = clean.ToArray();
        abrupt.AsSpan(at).Clear();
        hard.Add(clean, abrupt, at);
    }

    private static short[] CutOrDry(ReadOnlySpan<short> audio, bool isCut)
    {
        var (buffer, heard) = (new PlayoutBuffer(TimeSpan.FromMinutes(1)), new short[17 * FrameSamples]);
        buffer.Write(audio, Rate, turn: 1);
        for (var i = 0; i < 17; i++)
        {
            if (isCut && i == 13)
                buffer.Flush();
            buffer.Read(heard.AsSpan(i * FrameSamples, FrameSamples));
        }
        return heard;
    }
}
