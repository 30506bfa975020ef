namespace VoiceAgent.TurnTaking;

/// <summary>Levels of 10 ms of sound in two bands of a telephone line, in dBov: low 120-600 Hz, where voices hum, and high to 4 kHz.</summary>
internal readonly record struct BandLevels(float Low, float High)
{
    /// <summary>Level of what is no sound at all.</summary>
    public const float SilentDbov = -90;

    /// <summary>Nothing to be heard.</summary>
    public static BandLevels Silent { get; } = new(SilentDbov, SilentDbov);

    /// <summary>Level of the whole.</summary>
    public float Total => ToDbov(ToPower(Low) + ToPower(High));

    /// <summary>The louder of two in every band.</summary>
    public static BandLevels Max(BandLevels a, BandLevels b) => new(Math.Max(a.Low, b.Low), Math.Max(a.High, b.High));

    /// <summary>Mean square, relative to full scale, as a level.</summary>
    public static float ToDbov(float power) => Math.Max(10 * MathF.Log10(power + 1e-12f), SilentDbov);

    private static float ToPower(float dbov) => MathF.Exp(dbov * (MathF.Log(10) / 10));
}

/// <summary>Splits sound into two bands: frames of 10 ms at 16 or 24 kHz -> samples at 8 kHz, freed of hum -> <see cref="BandLevels"/>.</summary>
/// <remarks>Owned by the media thread. Filters at 8 kHz: high-pass 120 Hz, low-pass 600 Hz, high-pass 750 Hz of fourth order. Allocates only when built.</remarks>
internal sealed class BandSplitter(int sampleRateHz)
{
    /// <summary>Rate at which sound is looked at.</summary>
    public const int RateHz = 8_000;

    /// <summary>Length of a frame.</summary>
    public const int FrameMs = 10;

    /// <summary>Samples of a frame at <see cref="RateHz"/>.</summary>
    public const int FrameSamples = RateHz * FrameMs / 1_000;

    private readonly int _step = sampleRateHz / RateHz;
    private readonly BandFilters _filters = new(RateHz);

    /// <summary>Samples of a frame at the rate of the sound.</summary>
    public int InputSamples => FrameSamples * _step;

    /// <summary>Takes the next frame.</summary>
    /// <param name="pcm"><see cref="InputSamples"/> of it.</param>
    /// <param name="frame">Takes <see cref="FrameSamples"/>: the same at 8 kHz and without hum; full scale is 1.</param>
    public BandLevels Take(ReadOnlySpan<short> pcm, Span<float> frame)
    {
        Decimate(pcm, frame);
        var (low, high) = _filters.Process(frame);
        return new BandLevels(BandLevels.ToDbov(low / FrameSamples), BandLevels.ToDbov(high / FrameSamples));
    }

    // The mean of the samples that fall together; two or three of them.
    private void Decimate(ReadOnlySpan<short> pcm, Span<float> frame)
    {
        var scale = 1f / (_step * 32_768);
        if (_step == 2)
        {
            pcm = pcm[..(2 * FrameSamples)];
            for (var i = 0; i < frame.Length; i++)
                frame[i] = scale * (pcm[2 * i] + pcm[2 * i + 1]);
        }
        else
        {
            pcm = pcm[..(3 * FrameSamples)];
            for (var i = 0; i < frame.Length; i++)
                frame[i] = scale * (pcm[3 * i] + pcm[3 * i + 1] + pcm[3 * i + 2]);
        }
    }
}
