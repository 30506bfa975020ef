namespace AudioMeasures;

/// <summary>Whether a cut, a gap's beginning or its end clicks: its steepest step between samples, and its sharpest burst above 3.5 kHz, against those that belong there.</summary>
public static class ClickIndex
{
    private const int NearMs = 10;
    private const int BeforeMs = 200;

    /// <summary>Largest step within 10 ms of the event, against the largest in the 200 ms before, in dB; above 0 it clicks.</summary>
    /// <param name="heard">What was heard.</param>
    /// <param name="sampleRateHz">Its rate.</param>
    /// <param name="eventAt">Sample of the event.</param>
    public static double Db(ReadOnlySpan<short> heard, int sampleRateHz, int eventAt)
    {
        var near = sampleRateHz * NearMs / 1000;
        return StepRatio(heard[Around(heard.Length, near, eventAt)], heard[Math.Max(0, eventAt - near - sampleRateHz * BeforeMs / 1000)..Math.Max(0, eventAt - near)]);
    }

    /// <summary>The same where it is known what should have been heard: steps of the clean signal around the event belong there too.</summary>
    /// <param name="clean">What would have been heard, aligned to the sample.</param>
    /// <param name="heard">What was heard.</param>
    /// <param name="sampleRateHz">Rate of both.</param>
    /// <param name="eventAt">Sample of the event.</param>
    /// <param name="afterMs">How far behind the event the clean signal belongs there: in a gap a voice may have begun.</param>
    public static double Db(ReadOnlySpan<short> clean, ReadOnlySpan<short> heard, int sampleRateHz, int eventAt, int afterMs = NearMs) =>
        StepRatio(heard[Around(heard.Length, sampleRateHz * NearMs / 1000, eventAt)], clean[Usual(clean.Length, sampleRateHz, eventAt, afterMs)]);

    /// <summary>The other half of the measure: the loudest 2 ms above 3.5 kHz near the event against the loudest that belong there, in dB; what a quiet line hides is none.</summary>
    /// <param name="clean">What would have been heard, aligned to the sample.</param>
    /// <param name="heard">What was heard.</param>
    /// <param name="sampleRateHz">Rate of both.</param>
    /// <param name="eventAt">Sample of the event.</param>
    /// <param name="afterMs">How far behind the event the clean signal belongs there.</param>
    public static double BurstDb(ReadOnlySpan<short> clean, ReadOnlySpan<short> heard, int sampleRateHz, int eventAt, int afterMs = NearMs)
    {
        var burst = HighBurst.Rms(heard, sampleRateHz, Around(heard.Length, sampleRateHz * NearMs / 1000, eventAt));
        var usual = HighBurst.Rms(clean, sampleRateHz, Usual(clean.Length, sampleRateHz, eventAt, afterMs));
        return 20 * Math.Log10(Math.Max(HighBurst.InaudibleRms, burst) / Math.Max(HighBurst.InaudibleRms, usual));
    }

    private static Range Around(int length, int near, int eventAt) => Math.Max(0, eventAt - near)..Math.Min(eventAt + near, length);

    private static Range Usual(int length, int sampleRateHz, int eventAt, int afterMs) =>
        Math.Max(0, eventAt - sampleRateHz * (NearMs + BeforeMs) / 1000)..Math.Min(length, eventAt + sampleRateHz * afterMs / 1000);

    // In silence any step of more than one unit is new.
    private static double StepRatio(ReadOnlySpan<short> near, ReadOnlySpan<short> usual) => 20 * Math.Log10(Math.Max(1, LargestStep(near)) / Math.Max(1, LargestStep(usual)));

    private static double LargestStep(ReadOnlySpan<short> pcm)
    {
        double largest = 0;
        for (var i = 1; i < pcm.Length; i++)
            largest = Math.Max(largest, Math.Abs(pcm[i] - pcm[i - 1]));
        return largest;
    }
}
