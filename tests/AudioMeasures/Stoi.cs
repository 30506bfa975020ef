namespace AudioMeasures;

/// <summary>Short-time objective intelligibility (Taal et al. 2011): how well the envelopes of a damaged signal follow those of the clean one, 0 to 1.</summary>
/// <remarks>At 10 kHz: 256-sample frames half overlapped, 15 third-octave bands from 150 Hz, segments of 384 ms, clipped at -15 dB; silent frames are left out.</remarks>
public static class Stoi
{
    private const int RateHz = 10_000;
    private const int FrameSamples = 256;
    private const int Hop = FrameSamples / 2;
    private const int FftSize = 512;
    private const int Bands = 15;
    private const double LowestBandHz = 150;
    private const int SegmentFrames = 30;
    private const double ClipDb = -15;
    private const double SilentBelowLoudestDb = 40;

    private static readonly double[] Window = [.. Enumerable.Range(1, FrameSamples).Select(i => 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / (FrameSamples + 1)))];
    private static readonly (int From, int To)[] BandLines = [.. Enumerable.Range(0, Bands).Select(LinesOf)];

    /// <summary>The index; 1 for an undamaged signal.</summary>
    /// <param name="clean">At least half a second of speech, mono PCM16.</param>
    /// <param name="damaged">As long, aligned to the sample.</param>
    /// <param name="sampleRateHz">Rate of both.</param>
    public static double Of(ReadOnlySpan<short> clean, ReadOnlySpan<short> damaged, int sampleRateHz)
    {
        var (one, other) = WithoutSilence(SincResampling.To(clean, sampleRateHz, RateHz), SincResampling.To(damaged, sampleRateHz, RateHz));
        var (cleanBands, damagedBands) = (BandEnvelopes(one), BandEnvelopes(other));
        double sum = 0;
        var count = 0;
        for (var end = SegmentFrames; end <= cleanBands.Count; end++)
        {
            for (var band = 0; band < Bands; band++, count++)
                sum += Correlation(Segment(cleanBands, band, end), Segment(damagedBands, band, end));
        }
        return count == 0 ? 0 : sum / count;
    }

    // Silent frames of the clean signal are cut out of both, the rest is overlap-added again.
    private static (double[] Clean, double[] Damaged) WithoutSilence(double[] clean, double[] damaged)
    {
        var starts = Enumerable.Range(0, Math.Max(0, (clean.Length - FrameSamples) / Hop + 1)).Select(i => i * Hop).ToList();
        var levels = starts.ConvertAll(start => LevelDb(clean.AsSpan(start, FrameSamples)));
        var kept = starts.Where((_, i) => levels[i] > levels.Max() - SilentBelowLoudestDb).ToList();
        var (one, other) = (new double[kept.Count * Hop + Hop], new double[kept.Count * Hop + Hop]);
        for (var i = 0; i < kept.Count; i++)
        {
            for (var n = 0; n < FrameSamples; n++)
            {
                one[i * Hop + n] += Window[n] * clean[kept[i] + n];
                other[i * Hop + n] += Window[n] * damaged[kept[i] + n];
            }
        }
        return (one, other);
    }

    private static double LevelDb(ReadOnlySpan<double> frame)
    {
        double energy = 1e-9;
        for (var n = 0; n < frame.Length; n++)
            energy += Math.Pow(Window[n] * frame[n], 2);
        return 10 * Math.Log10(energy);
    }

    private static List<double[]> BandEnvelopes(double[] signal)
    {
        var envelopes = new List<double[]>();
        var (real, imaginary) = (new double[FftSize], new double[FftSize]);
        for (var start = 0; start + FrameSamples <= signal.Length; start += Hop)
        {
            Array.Clear(real);
            Array.Clear(imaginary);
            for (var n = 0; n < FrameSamples; n++)
                real[n] = Window[n] * signal[start + n];
            Fourier.Transform(real, imaginary);
            envelopes.Add([.. BandLines.Select(lines => Magnitude(real, imaginary, lines))]);
        }
        return envelopes;
    }

    private static double Magnitude(double[] real, double[] imaginary, (int From, int To) lines)
    {
        double power = 0;
        for (var line = lines.From; line < lines.To; line++)
            power += real[line] * real[line] + imaginary[line] * imaginary[line];
        return Math.Sqrt(power);
    }

    private static (int From, int To) LinesOf(int band)
    {
        var centre = LowestBandHz * Math.Pow(2, band / 3.0);
        var third = Math.Pow(2, 1 / 6.0);
        return (Line(centre / third), Line(centre * third));
    }

    private static int Line(double hz) => (int)Math.Round(hz * FftSize / RateHz);

    private static double[] Segment(List<double[]> bands, int band, int end) =>
        [.. Enumerable.Range(end - SegmentFrames, SegmentFrames).Select(frame => bands[frame][band])];

    private static double Correlation(double[] clean, double[] damaged)
    {
        var gain = Math.Sqrt(clean.Sum(x => x * x) / (damaged.Sum(x => x * x) + 1e-12));
        var limit = 1 + Math.Pow(10, -ClipDb / 20);
        var clipped = damaged.Select((y, i) => Math.Min(gain * y, limit * clean[i])).ToArray();
        var (cleanMean, clippedMean) = (clean.Average(), clipped.Average());
        double product = 0, cleanPower = 1e-12, clippedPower = 1e-12;
        for (var i = 0; i < clean.Length; i++)
        {
            product += (clean[i] - cleanMean) * (clipped[i] - clippedMean);
            cleanPower += Math.Pow(clean[i] - cleanMean, 2);
            clippedPower += Math.Pow(clipped[i] - clippedMean, 2);
        }
        return product / Math.Sqrt(cleanPower * clippedPower);
    }
}
