namespace Support.Audio;

/// <summary>How far a damaged signal is from the clean one it is aligned with, and how much it clicks.</summary>
public static class AudioDistance
{
    private const int FrameSamples = 160;

    /// <summary>Power of a spectral line that counts as silence; about -60 dBov, so that inaudible differences weigh nothing.</summary>
    private const double FloorPower = 1e6;

    private static readonly (double Sine, double Cosine)[] Turns =
        [.. Enumerable.Range(0, FrameSamples).Select(i => Math.SinCos(2 * Math.PI * i / FrameSamples))];

    /// <summary>Mean over half-overlapped 20 ms frames at 8 kHz of the RMS difference of the spectra, in dB.</summary>
    public static double LogSpectral(ReadOnlySpan<short> clean, ReadOnlySpan<short> damaged)
    {
        double sum = 0;
        var frames = 0;
        for (var start = 0; start + FrameSamples <= clean.Length; start += FrameSamples / 2, frames++)
            sum += FrameDistance(LogSpectrum(clean.Slice(start, FrameSamples)), LogSpectrum(damaged.Slice(start, FrameSamples)));
        return sum / frames;
    }

    /// <summary>Energy of the difference against the energy of the clean signal, in dB.</summary>
    public static double ErrorDb(ReadOnlySpan<short> clean, ReadOnlySpan<short> damaged)
    {
        double error = 0, energy = 0;
        for (var i = 0; i < clean.Length; i++)
        {
            error += Math.Pow(clean[i] - damaged[i], 2);
            energy += Math.Pow(clean[i], 2);
        }
        return 10 * Math.Log10(error / energy);
    }

    /// <summary>Largest step between samples within 10 ms of the event, against the largest that belongs there, in dB; above 0 it clicks.</summary>
    /// <param name="clean">What would have been heard: its steps around the event and in the 200 ms before belong there.</param>
    /// <param name="heard">What was heard.</param>
    /// <param name="sampleRateHz">Rate of both.</param>
    /// <param name="eventAt">Sample of the cut, the gap's beginning or its end.</param>
    public static double ClickIndexDb(ReadOnlySpan<short> clean, ReadOnlySpan<short> heard, int sampleRateHz, int eventAt)
    {
        var near = sampleRateHz / 100;
        var around = (eventAt - near)..Math.Min(eventAt + near, heard.Length);
        var before = Math.Max(0, eventAt - near - sampleRateHz / 5)..around.End;
        return 20 * Math.Log10(LargestStep(heard[around]) / LargestStep(clean[before]));
    }

    private static double LargestStep(ReadOnlySpan<short> pcm)
    {
        double largest = 0;
        for (var i = 1; i < pcm.Length; i++)
            largest = Math.Max(largest, Math.Abs(pcm[i] - pcm[i - 1]));
        return largest;
    }

    private static double FrameDistance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Average());

    private static double[] LogSpectrum(ReadOnlySpan<short> frame)
    {
        var windowed = new double[FrameSamples];
        for (var i = 0; i < FrameSamples; i++)
            windowed[i] = frame[i] * (0.5 - 0.5 * Math.Cos(2 * Math.PI * i / FrameSamples));

        var lines = new double[FrameSamples / 2];
        for (var line = 0; line < lines.Length; line++)
        {
            double real = 0, imaginary = 0;
            for (var i = 0; i < FrameSamples; i++)
            {
                var (sine, cosine) = Turns[line * i % FrameSamples];
                real += windowed[i] * cosine;
                imaginary -= windowed[i] * sine;
            }
            lines[line] = 10 * Math.Log10(real * real + imaginary * imaginary + FloorPower);
        }
        return lines;
    }
}
