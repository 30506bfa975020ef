namespace Telephony.Audio;

/// <summary>Raises a quiet speaker slowly towards the level of an ordinary line, and never lowers anybody: an automatic gain control for what is heard of a caller.</summary>
/// <remarks>
/// Follows the level of speech, not of pauses: the noise floor is learned, and only frames well above it count, so that silence is never pulled up. Rises by
/// 3 dB a second, ramped within the block. One per stream, used by one thread. Costs no delay. Allocates only when built.
/// </remarks>
public sealed class QuietLineGain
{
    /// <summary>Level to which speech is raised, in dBov: that of an ordinary telephone line (ITU-T G.169 names -19 dBm0 or so, which is -25 dBov).</summary>
    public const double TargetDbov = -25;

    // Speech stands out of the noise by this; less may be a neighbour's.
    private const double SpeechOverNoiseDb = 12;

    // Nothing below this is taken for speech on any line.
    private const double LowestSpeechDbov = -55;

    private const double RiseDbPerSecond = 3;
    private const double FallDbPerSecond = 12;

    // The floor is found at once where it is quieter, and forgotten slowly where it has become louder.
    private const double FloorRiseDbPerSecond = 3;
    private const double LevelSeconds = 1;

    // An ordinary line's level varies by this from word to word: nobody within it is touched.
    private const double LeastRaiseDb = 4;

    private const int BlocksPerSecond = 50;

    private readonly double _maxGainDb;
    private readonly PeakLimiter _limiter;
    private readonly float[] _raised;
    private readonly short[] _output;
    private double _floorDbov = PcmLevel.SilenceDbov;
    private double _speechDbov = TargetDbov;
    private float _gain = 1;

    /// <param name="sampleRateHz">Rate of the stream.</param>
    /// <param name="maxGainDb">Most that is added.</param>
    public QuietLineGain(int sampleRateHz, double maxGainDb)
    {
        _maxGainDb = maxGainDb;
        BlockSamples = sampleRateHz / BlocksPerSecond;
        _limiter = new PeakLimiter(sampleRateHz);
        _raised = new float[BlockSamples];
        _output = new short[BlockSamples];
    }

    /// <summary>Most samples taken at once: 20 ms.</summary>
    public int BlockSamples { get; }

    /// <summary>What is added to the speaker at present, in dB.</summary>
    public double GainDb { get; private set; }

    /// <summary>Takes a block, and gives it as loud as it should be.</summary>
    /// <param name="pcm">Mono PCM16, at most <see cref="BlockSamples"/>.</param>
    /// <param name="mayBeEcho">What we played may come back in it: it is neither learned from nor raised.</param>
    /// <returns>As many samples, valid until the next block.</returns>
    public ReadOnlySpan<short> Process(ReadOnlySpan<short> pcm, bool mayBeEcho)
    {
        if (!mayBeEcho)
            Listen(pcm);
        var wanted = mayBeEcho ? 1 : (float)Math.Pow(10, GainDb / 20);
        if (wanted == 1 && _gain == 1)
            return pcm;

        var raised = _raised.AsSpan(0, pcm.Length);
        var step = (wanted - _gain) / Math.Max(1, pcm.Length);
        for (var i = 0; i < raised.Length; i++)
            raised[i] = pcm[i] * (_gain += step);
        _gain = wanted;
        _limiter.Process(raised);
        PcmVector.ToPcm(raised, _output);
        return _output.AsSpan(0, raised.Length);
    }

    private void Listen(ReadOnlySpan<short> input)
    {
        var seconds = (double)input.Length / (BlockSamples * BlocksPerSecond);
        var level = PcmLevel.RmsDbov(input);
        // Digital silence is a device that sends nothing, and no noise to compare with.
        if (level > PcmLevel.SilenceDbov)
            _floorDbov = _floorDbov == PcmLevel.SilenceDbov ? level : Math.Min(level, _floorDbov + FloorRiseDbPerSecond * seconds);
        if (level < Math.Max(LowestSpeechDbov, _floorDbov + SpeechOverNoiseDb))
            return;
        _speechDbov += (level - _speechDbov) * Math.Min(1, seconds / LevelSeconds);
        var missing = TargetDbov - _speechDbov;
        var wanted = missing < LeastRaiseDb ? 0 : Math.Min(missing, _maxGainDb);
        GainDb += Math.Clamp(wanted - GainDb, -FallDbPerSecond * seconds, RiseDbPerSecond * seconds);
    }
}
