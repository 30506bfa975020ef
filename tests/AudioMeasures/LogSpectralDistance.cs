namespace AudioMeasures;

/// <summary>How far the spectrum of a damaged signal is from that of the clean one that it is aligned with, frame by frame.</summary>
public static class LogSpectralDistance
{
    private const int FramesPerSecond = 50;

    /// <summary>Power of a spectral line of 160 samples that counts as silence; about -60 dBov, so that inaudible differences weigh nothing.</summary>
    private const double FloorPower = 1e6;

    /// <summary>Mean over half-overlapped 20 ms frames of the RMS difference of the spectra, in dB.</summary>
    /// <param name="clean">Mono PCM16.</param>
    /// <param name="damaged">As long, aligned to the sample.</param>
    /// <param name="sampleRateHz">Rate of both.</param>
    public static double Db(ReadOnlySpan<short> clean, ReadOnlySpan<short> damaged, int sampleRateHz)
    {
        var frameSamples = sampleRateHz / FramesPerSecond;
        var turns = Turns(frameSamples);
        double sum = 0;
        var frames = 0;
        for (var start = 0; start + frameSamples <= clean.Length; start += frameSamples / 2, frames++)
        {
            var one = clean.Slice(start, frameSamples);
            var other = damaged.Slice(start, frameSamples);
            if (!one.SequenceEqual(other))
                sum += Distance(LogSpectrum(one, turns), LogSpectrum(other, turns));
        }
        return frames == 0 ? 0 : sum / frames;
    }

    private static (double Sine, double Cosine)[] Turns(int count) => [.. Enumerable.Range(0, count).Select(i => Math.SinCos(2 * Math.PI * i / count))];

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Average());

    private static double[] LogSpectrum(ReadOnlySpan<short> frame, (double Sine, double Cosine)[] turns)
    {
        var windowed = new double[frame.Length];
        for (var i = 0; i < frame.Length; i++)
            windowed[i] = frame[i] * (0.5 - 0.5 * turns[i].Cosine);

        var floor = FloorPower * frame.Length / 160 * frame.Length / 160;
        var lines = new double[frame.Length / 2];
        for (var line = 0; line < lines.Length; line++)
        {
            double real = 0, imaginary = 0;
            var turn = 0;   // line * i, less whole turns
            foreach (var sample in windowed)
            {
                var (sine, cosine) = turns[turn];
                real += sample * cosine;
                imaginary -= sample * sine;
                turn += line;
                if (turn >= turns.Length)
                    turn -= turns.Length;
            }
            lines[line] = 10 * Math.Log10(real * real + imaginary * imaginary + floor);
        }
        return lines;
    }
}
