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
    /// <summary>Reads what was heard of a row that began with number 0 at sample 0.</summary>
    /// <param name="pcm">Mono PCM16.</param>
    /// <param name="sampleRateHz">Its rate.</param>
    public static CountedReport Of(ReadOnlySpan<short> pcm, int sampleRateHz)
    {
        var frames = FrameCounter.Read(pcm, sampleRateHz);
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
        var delays = frames.Select(frame => frame.At - frame.Number * FrameCounter.FrameSamples(sampleRateHz)).DefaultIfEmpty().ToList();
        var lost = seen.Count == 0 ? 0 : seen.Max() - seen.Min() + 1 - seen.Count;
        return new(frames.Count, lost, repeated, disordered, delays.Min(), delays.Max());
    }
}
