namespace VoiceAgent.Tests.TurnTaking;

/// <summary>What callers do besides speaking, made in code: coughs, hums of assent, taps on the telephone; 16 kHz, seeded.</summary>
internal sealed class CallerSounds(int seed)
{
    public const int RateHz = 16_000;

    private readonly Random _random = new(seed);

    /// <summary>A burst of breath, band-limited as a throat does it, once or twice, with a rattle in it.</summary>
    public short[] Cough()
    {
        var pcm = new double[Samples(700)];
        var at = 0;
        for (var burst = _random.Next(1, 4); burst > 0 && at < pcm.Length - Samples(300); burst--)
        {
            var length = Samples(_random.Next(90, 260));
            double centreHz = _random.Next(500, 1_500), rattleHz = _random.Next(25, 60);
            AddNoise(pcm.AsSpan(at, length), centreHz, rattleHz);
            at += length + Samples(_random.Next(60, 160));
        }
        return ToPcm(pcm, Level(-26, -12));
    }

    /// <summary>"Mm-hm" or "mm": a voice behind closed lips.</summary>
    public short[] Hum()
    {
        var pcm = new double[Samples(800)];
        double pitch = _random.Next(90, 240);
        var parts = _random.Next(1, 3);
        var at = 0;
        for (var part = 0; part < parts; part++)
        {
            var length = Samples(_random.Next(130, 260));
            AddVoice(pcm.AsSpan(at, length), pitch, pitch * (part == 0 ? 1.05 : 1.25));
            at += length;
            if (part == 0)
                AddNoise(pcm.AsSpan(at, Samples(60)), 1_000, 0, 0.03);
            at += Samples(60);
        }
        return ToPcm(pcm, Level(-32, -20));
    }

    /// <summary>One to four knocks: a click and the ringing of what was struck.</summary>
    public short[] Tap()
    {
        var pcm = new double[Samples(800)];
        for (var (tap, at) = (_random.Next(1, 5), 0); tap > 0; tap--, at += Samples(_random.Next(90, 190)))
        {
            double ringHz = _random.Next(150, 1_800), decayMs = _random.Next(3, 15);
            for (var i = 0; i < Samples(60); i++)
                pcm[at + i] += Math.Exp(-i / (decayMs * RateHz / 1_000)) * (Math.Sin(2 * Math.PI * ringHz * i / RateHz) + 0.5 * Noise());
        }
        return ToPcm(pcm, Level(-35, -18));
    }

    /// <summary>A quiet room, at a level.</summary>
    public short[] Room(int ms, double dbov = -62)
    {
        var pcm = new double[Samples(ms)];
        for (var i = 0; i < pcm.Length; i++)
            pcm[i] = Noise();
        return ToPcm(pcm, dbov);
    }

    /// <summary>The same sound at another RMS level over its loud parts.</summary>
    public static short[] AtLevel(IReadOnlyList<short> pcm, double dbov) => ToPcm([.. pcm.Select(sample => (double)sample)], dbov);

    /// <summary>Two sounds at once, the second from a moment on.</summary>
    public static short[] Mix(IReadOnlyList<short> a, IReadOnlyList<short> b, int at = 0)
    {
        var sum = a.ToArray();
        for (var i = 0; i < b.Count && at + i < sum.Length; i++)
            sum[at + i] = (short)Math.Clamp(sum[at + i] + b[i], short.MinValue, short.MaxValue);
        return sum;
    }

    public static int Samples(int ms) => ms * RateHz / 1_000;

    private double Level(int low, int high) => low + (high - low) * _random.NextDouble();

    private double Noise() => 2 * _random.NextDouble() - 1;

    // Noise through a resonance of a width that a throat has; it swells within 10 ms and dies away.
    private void AddNoise(Span<double> pcm, double centreHz, double rattleHz, double gain = 1)
    {
        var r = Math.Exp(-Math.PI * 900 / RateHz);
        var a1 = 2 * r * Math.Cos(2 * Math.PI * centreHz / RateHz);
        double y1 = 0, y2 = 0;
        for (var i = 0; i < pcm.Length; i++)
        {
            var y = Noise() + a1 * y1 - r * r * y2;
            (y2, y1) = (y1, y);
            var envelope = Math.Min(1, i / (0.01 * RateHz)) * Math.Exp(-2.5 * i / pcm.Length);
            pcm[i] += gain * y * envelope * (1 + 0.6 * Math.Sin(2 * Math.PI * rattleHz * i / RateHz));
        }
    }

    // Harmonics that fall by 24 dB an octave above the nose's resonance at 250 Hz.
    private static void AddVoice(Span<double> pcm, double fromHz, double toHz)
    {
        double phase = 0;
        for (var i = 0; i < pcm.Length; i++)
        {
            var pitch = fromHz + (toHz - fromHz) * i / pcm.Length;
            phase += 2 * Math.PI * pitch / RateHz;
            var envelope = Math.Min(1, Math.Min(i, pcm.Length - i) / (0.03 * RateHz));
            for (var harmonic = 1; harmonic * pitch < 3_400; harmonic++)
                pcm[i] += 3 * envelope * Math.Sin(harmonic * phase) / (1 + Math.Pow(harmonic * pitch / 300, 4));
        }
    }

    // Its level is that of what is not more than 34 dB below the peak.
    private static short[] ToPcm(double[] pcm, double dbov)
    {
        var floor = PeakOf(pcm) / 50;
        double energy = 0;
        var loud = 0;
        foreach (var sample in pcm)
        {
            if (Math.Abs(sample) <= floor)
                continue;
            energy += sample * sample;
            loud++;
        }
        var gain = 32_768 * Math.Pow(10, dbov / 20) / Math.Sqrt(energy / loud);
        return Array.ConvertAll(pcm, sample => (short)Math.Clamp(sample * gain, short.MinValue, short.MaxValue));
    }

    private static double PeakOf(double[] pcm)
    {
        double peak = 0;
        foreach (var sample in pcm)
            peak = Math.Max(peak, Math.Abs(sample));
        return peak;
    }
}
