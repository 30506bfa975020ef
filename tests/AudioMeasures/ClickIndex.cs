namespace AudioMeasures;

/// <summary>Whether a cut, a gap's beginning or its end clicks: its steepest step between samples, and its sharpest burst above 3.5 kHz, against those that belong there.</summary>
public static class ClickIndex
{
    private const int NearMs = 10;
    private const int BeforeMs = 200;
    private const int LatelyMs = 40;

    /// <summary>Less is none, in dB: rounding to 16 bits and a filter that reaches from a steep wave over a gap's edge leave a unit in a thousand, and an ear hears no hundredth of it.</summary>
    private const double ResolutionDb = 0.01;

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
        var burst = BandBurst.Highest.Rms(heard, sampleRateHz, Around(heard.Length, sampleRateHz * NearMs / 1000, eventAt));
        return BandBurst.Db(burst, BandBurst.Highest.Rms(clean, sampleRateHz, Usual(clean.Length, sampleRateHz, eventAt, afterMs)));
    }

    /// <summary>The strictest: the loudest burst in the worst of four bands, thumps as well as clicks, against the last 40 ms that belong there, two cycles of the lowest voice: what was loud before that hides nothing.</summary>
    /// <param name="clean">What would have been heard, aligned to the sample.</param>
    /// <param name="heard">What was heard.</param>
    /// <param name="sampleRateHz">Rate of both.</param>
    /// <param name="eventAt">Sample of the event.</param>
    public static double WorstBandDb(ReadOnlySpan<short> clean, ReadOnlySpan<short> heard, int sampleRateHz, int eventAt)
    {
        var (around, worst) = (Around(heard.Length, sampleRateHz * NearMs / 1000, eventAt), double.MinValue);
        var usual = Usual(clean.Length, sampleRateHz, eventAt, NearMs, LatelyMs);
        foreach (var band in BandBurst.All)
            worst = Math.Max(worst, BandBurst.Db(band.Rms(heard, sampleRateHz, around), band.Rms(clean, sampleRateHz, usual)));
        return worst;
    }

    private static Range Around(int length, int near, int eventAt) => Math.Max(0, eventAt - near)..Math.Min(eventAt + near, length);

    private static Range Usual(int length, int sampleRateHz, int eventAt, int afterMs, int beforeMs = BeforeMs) =>
        Math.Max(0, eventAt - sampleRateHz * (NearMs + beforeMs) / 1000)..Math.Min(length, eventAt + sampleRateHz * afterMs / 1000);

    // In silence any step of more than one unit is new.
    private static double StepRatio(ReadOnlySpan<short> near, ReadOnlySpan<short> usual)
    {
        var db = 20 * Math.Log10(Math.Max(1, LargestStep(near)) / Math.Max(1, LargestStep(usual)));
        return db is > 0 and <= ResolutionDb ? 0 : db;
    }

    private static double LargestStep(ReadOnlySpan<short> pcm)
    {
        double largest = 0;
        for (var i = 1; i < pcm.Length; i++)
            largest = Math.Max(largest, Math.Abs(pcm[i] - pcm[i - 1]));
        return largest;
    }
}
