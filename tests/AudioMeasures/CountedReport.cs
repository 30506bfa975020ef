namespace AudioMeasures;

/// <summary>What became of a row of counted frames on its way.</summary>
/// <param name="Heard">Frames found whole.</param>
/// <param name="Lost">Numbers between the first and the last that were never found.</param>
/// <param name="Repeated">Frames found whose number had been found before.</param>
/// <param name="OutOfOrder">Frames found whose number is below one found before them, and new.</param>
/// <param name="MinDelaySamples">Smallest distance of a frame from its place in the row, in samples at the rate heard.</param>
/// <param name="MaxDelaySamples">Largest.</param>
public sealed record CountedReport(int Heard, int Lost, int Repeated, int OutOfOrder, int MinDelaySamples, int MaxDelaySamples)
{
    // Made-up audio passes the six bits of the check once in 64 times, with any number.
    private const int MostSecondsOff = 2;

    /// <summary>Reads what was heard of a row that began with number 0 at sample 0; a frame more than 2 s from its place is none of the row.</summary>
    /// <param name="pcm">Mono PCM16.</param>
    /// <param name="sampleRateHz">Its rate.</param>
    public static CountedReport Of(ReadOnlySpan<short> pcm, int sampleRateHz)
    {
        var frames = FrameCounter.Read(pcm, sampleRateHz).FindAll(frame => Math.Abs(DelayOf(frame, sampleRateHz)) <= MostSecondsOff * sampleRateHz);
        var seen = new HashSet<int>();
        var (repeated, disordered, highest) = (0, 0, -1);
        foreach (var frame in frames)
        {
            if (!seen.Add(frame.Number))
                repeated++;
            else if (frame.Number < highest)
                disordered++;
            highest = Math.Max(highest, frame.Number);
        }
        var delays = frames.Select(frame => DelayOf(frame, sampleRateHz)).DefaultIfEmpty().ToList();
        var lost = seen.Count == 0 ? 0 : seen.Max() - seen.Min() + 1 - seen.Count;
        return new(frames.Count, lost, repeated, disordered, delays.Min(), delays.Max());
    }

    private static int DelayOf(CountedFrame frame, int sampleRateHz) => frame.At - frame.Number * FrameCounter.FrameSamples(sampleRateHz);
}
