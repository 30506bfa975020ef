namespace Simulation.Live;

/// <summary>What the caller's audio just did.</summary>
internal enum Activity
{
    None,
    Started,
    Ended,
}

/// <summary>Finds speech in the caller's audio by its level over an adaptive noise floor, as the server-side activity detection does.</summary>
/// <remarks>Counts time in samples, never on a clock: the same audio gives the same result however it arrives.</remarks>
internal sealed class ActivityDetector(ActivitySettings settings)
{
    public const int SampleRateHz = 16_000;

    private const int FrameMs = 10;
    private const int FrameSamples = SampleRateHz * FrameMs / 1_000;
    private const double SilenceDbov = -96;
    private const double LowestFloorDbov = -65;
    private const double FloorFollow = 0.05;          // per frame below the threshold: the floor settles in about 0.2 s
    private const double FloorRiseDbPerFrame = 0.01;  // per frame above it: 1 dB/s, so that a steady noise is noise at last
    private const double HysteresisDb = 3;

    private readonly short[] _frame = new short[FrameSamples];
    private int _frameFill;
    private double _floorDbov = LowestFloorDbov;
    private int _voicedMs;
    private int _silentMs;

    /// <summary>Whether the caller is speaking.</summary>
    public bool InSpeech { get; private set; }

    /// <summary>Length of the current or last utterance in ms, the silence that ended it not counted.</summary>
    public int UtteranceMs { get; private set; }

    /// <summary>Takes audio up to the next change; call again with the rest.</summary>
    /// <param name="pcm">16 kHz mono.</param>
    /// <param name="consumed">How many samples were taken.</param>
    public Activity Process(ReadOnlySpan<short> pcm, out int consumed)
    {
        consumed = 0;
        while (consumed < pcm.Length)
        {
            var taken = Math.Min(pcm.Length - consumed, FrameSamples - _frameFill);
            pcm.Slice(consumed, taken).CopyTo(_frame.AsSpan(_frameFill));
            consumed += taken;
            _frameFill += taken;
            if (_frameFill < FrameSamples)
                break;
            _frameFill = 0;
            if (OnFrame(LevelDbov(_frame)) is var activity and not Activity.None)
                return activity;
        }
        return Activity.None;
    }

    /// <summary>Ends a running utterance at once: the client said that its audio pauses.</summary>
    public Activity Flush() => InSpeech ? End() : Activity.None;

    private Activity OnFrame(double levelDbov)
    {
        var threshold = Math.Max(_floorDbov + settings.MarginDb, settings.MinimumDbov);
        if (InSpeech)
            threshold -= HysteresisDb;
        var voiced = levelDbov >= threshold;
        FollowFloor(levelDbov, voiced);
        return InSpeech ? Continue(voiced) : Await(voiced);
    }

    private void FollowFloor(double levelDbov, bool voiced)
    {
        _floorDbov = voiced ? _floorDbov + FloorRiseDbPerFrame : _floorDbov + FloorFollow * (levelDbov - _floorDbov);
        _floorDbov = Math.Max(_floorDbov, LowestFloorDbov);
    }

    private Activity Await(bool voiced)
    {
        // A gap inside the first syllable takes back as much as it lasts, a click alone never commits.
        _voicedMs = Math.Max(0, _voicedMs + (voiced ? FrameMs : -FrameMs));
        if (_voicedMs < Math.Max(FrameMs, settings.PrefixPaddingMs))
            return Activity.None;
        InSpeech = true;
        UtteranceMs = _voicedMs;
        _silentMs = 0;
        return Activity.Started;
    }

    private Activity Continue(bool voiced)
    {
        UtteranceMs += FrameMs;
        _silentMs = voiced ? 0 : _silentMs + FrameMs;
        return _silentMs >= Math.Max(FrameMs, settings.SilenceDurationMs) ? End() : Activity.None;
    }

    private Activity End()
    {
        InSpeech = false;
        UtteranceMs -= _silentMs;
        _voicedMs = 0;
        return Activity.Ended;
    }

    private static double LevelDbov(ReadOnlySpan<short> frame)
    {
        long energy = 0;
        foreach (var sample in frame)
            energy += sample * sample;
        return energy == 0 ? SilenceDbov : 10 * Math.Log10(energy / (double)frame.Length / (32_768.0 * 32_768.0));
    }
}

/// <summary>The <c>automaticActivityDetection</c> settings in the detector's terms.</summary>
/// <param name="MarginDb">How far above the noise floor speech must be.</param>
/// <param name="MinimumDbov">Level below which nothing is speech.</param>
/// <param name="PrefixPaddingMs">Speech needed before its start is committed.</param>
/// <param name="SilenceDurationMs">Silence needed before its end is.</param>
internal readonly record struct ActivitySettings(double MarginDb, double MinimumDbov, int PrefixPaddingMs, int SilenceDurationMs)
{
    // The service publishes no figures; these answer a caller within about half a second and survive pauses between words.
    private const int DefaultPrefixPaddingMs = 60;
    private const int DefaultSilenceMs = 500;
    private const int PatientSilenceMs = 800;

    /// <summary>Settings from what setup said; absent values take the defaults of the Developer API (high sensitivity).</summary>
    public static ActivitySettings From(bool lowStart, bool lowEnd, int? prefixPaddingMs, int? silenceDurationMs) => new(
        lowStart ? 15 : 10,
        lowStart ? -40 : -48,
        prefixPaddingMs ?? DefaultPrefixPaddingMs,
        silenceDurationMs ?? (lowEnd ? PatientSilenceMs : DefaultSilenceMs));
}
