namespace AudioMeasures;

/// <summary>Changes the rate of a whole signal by a windowed sinc: slow and good, for measures that want a rate of their own.</summary>
internal static class SincResampling
{
    private const int ZeroCrossings = 24;

    public static double[] To(ReadOnlySpan<short> pcm, int fromHz, int toHz)
    {
        var output = new double[(int)((long)pcm.Length * toHz / fromHz)];
        var band = Math.Min(1.0, (double)toHz / fromHz);
        var reach = ZeroCrossings / band;
        for (var i = 0; i < output.Length; i++)
        {
            var centre = (double)i * fromHz / toHz;
            var first = Math.Max(0, (int)Math.Ceiling(centre - reach));
            var last = Math.Min(pcm.Length - 1, (int)(centre + reach));
            for (var n = first; n <= last; n++)
                output[i] += pcm[n] * band * Kernel(band * (n - centre));
        }
        return output;
    }

    private static double Kernel(double x)
    {
        if (Math.Abs(x) < 1e-9)
            return 1;
        var window = 0.5 + 0.5 * Math.Cos(Math.PI * x / ZeroCrossings);
        return Math.Sin(Math.PI * x) / (Math.PI * x) * window;
    }
}
