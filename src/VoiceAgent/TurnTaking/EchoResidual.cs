namespace VoiceAgent.TurnTaking;

/// <summary>What is left of the line's sound once the predicted echo is taken away, and whether more is left than such a prediction ever leaves: then somebody speaks under the echo.</summary>
/// <remarks>
/// Costs nothing until the echo's delay is known. A prediction counts only while the line behaves as it was learned: what the network has torn, and
/// what a loudspeaker distorts, is left to <see cref="EchoModel"/>. Owned by the media thread. Allocates only when built.
/// </remarks>
internal sealed class EchoResidual
{
    /// <summary>Samples of 10 ms at 4 kHz, the rate at which it looks.</summary>
    public const int FrameSamples = BandSplitter.FrameSamples / 2;

    // 410 ms of line and 110 ms of filter, frame and jitter.
    private const int History = 52 * FrameSamples;

    private const float AudibleDbov = -55;
    private const float OverNoiseDb = 10;

    // What a prediction leaves, below itself: no less is believed than the first, and nothing above the second tells anything.
    private const float LeastLeftDb = -13;
    private const float MostLeftDb = -3;
    private const float MarginDb = 5;

    // How fast more is believed: of the echo's own rest, of what is far above it, and of what may be a caller; and how fast less is.
    private const float RiseShare = 0.2f;
    private const float RestDb = 5;
    private const float FarRiseDb = 0.5f;
    private const float CallerRiseDb = 0.1f;
    private const float FallDb = 0.05f;

    // A caller adds what has nothing in common with the prediction: over 30 ms, their products stay what they were.
    private const float KeepCommon = 0.7f;
    private const float LeastCommon = 0.6f;
    private const float MostCommon = 1.3f;

    // Rooms ring for longer than the filter is.
    private const float KeepPredicted = 0.8f;

    // Who is far softer than the prediction is no caller, but a packet that was lost: concealment follows, here or there.
    private const float TornShare = 0.25f;
    private const float TornSum = FrameSamples * 1e-5f;
    private const int TornFrames = 10;

    private readonly EchoFilter _filter = new();
    private readonly EchoDelay _delay = new();
    private readonly float[] _sent = new float[2 * History];   // each frame twice, so that any stretch lies in one piece
    private readonly float[] _left = new float[FrameSamples];
    private HalfRate _sentHalf;
    private HalfRate _heardHalf;
    private long _sentCount;
    private long _heardCount;
    private float _predictedSum;
    private float _commonSum;
    private float _predictedPeak;
    private float _leftDb;
    private int _tornFrames;
    private bool _isBetter;

    /// <summary>What is left of the frame heard last, at 4 kHz; empty when nothing could be taken away.</summary>
    public ReadOnlySpan<float> Samples => _isBetter ? _left : [];

    /// <summary>Takes 10 ms of what goes to the line.</summary>
    /// <param name="frame">At 8 kHz; empty for silence.</param>
    public void Sent(ReadOnlySpan<float> frame)
    {
        var at = (int)(_sentCount % History);
        var half = _sent.AsSpan(at, FrameSamples);
        if (frame.IsEmpty)
            half.Clear();
        else
            _sentHalf.Take(frame, half);
        half.CopyTo(_sent.AsSpan(at + History));
        _sentCount += FrameSamples;
    }

    /// <summary>What came without anything being sent was no burst of packets after all.</summary>
    public void ForgetBurst() => _delay.ForgetBurst();

    /// <summary>10 ms have come from the line in which there can be no echo.</summary>
    public void Skip()
    {
        _heardCount += FrameSamples;
        _isBetter = false;
    }

    /// <summary>Takes 10 ms of what comes from the line.</summary>
    /// <param name="frame">At 8 kHz.</param>
    /// <param name="lag">Delay of the echo in frames, by the level curves.</param>
    /// <param name="noiseDbov">Level of the line when nobody speaks.</param>
    /// <param name="hasCaller">Whether the caller is known to speak, from whom nothing is learned.</param>
    /// <returns>True when more is left than the echo can leave.</returns>
    public bool Heard(ReadOnlySpan<float> frame, int lag, float noiseDbov, bool hasCaller)
    {
        var first = _heardCount;
        Skip();
        var isKnown = _delay.Take(first - _sentCount + FrameSamples * (lag + 1), first + FrameSamples - _sentCount, Fits(first) ? _filter.IsFailing : true, out var hasMoved);
        if (hasMoved)
        {
            _filter.Clear();
            _leftDb = 0;
        }
        if (!isKnown || !Fits(first))
        {
            _tornFrames = TornFrames;
            return false;
        }
        Span<float> heard = stackalloc float[FrameSamples];
        _heardHalf.Take(frame, heard);
        _filter.Take(heard, _sent.AsSpan((int)(Oldest(first) % History), EchoFilter.Taps + FrameSamples - 1), _left);
        _isBetter = _filter.Left < _filter.Heard;
        return StandsOut(noiseDbov, hasCaller);
    }

    // Count of the oldest sent sample that the filter sees.
    private long Oldest(long first) => first - _delay.Samples - EchoFilter.Taps + 1;

    /// <summary>Whether all of that has been sent and is still kept: it is not where the line was not sent to for a while, until the delay is learned anew.</summary>
    private bool Fits(long first)
    {
        var oldest = Oldest(first);
        return oldest >= Math.Max(0, _sentCount - History) && oldest + EchoFilter.Taps + FrameSamples - 1 <= _sentCount;
    }

    private bool StandsOut(float noiseDbov, bool hasCaller)
    {
        NotePrediction();
        // Where the line has just changed the filter that learns is the better one.
        var left = Level(Math.Min(_filter.Left, _filter.LeftByLearner));
        var predicted = Level(_predictedPeak);
        var standsOut = left > Math.Max(predicted + Math.Max(_leftDb, LeastLeftDb) + MarginDb, noiseDbov + OverNoiseDb) && IsTrusted();
        if (predicted > AudibleDbov && _tornFrames == 0 && !hasCaller)
            Learn(left - predicted, standsOut);
        return standsOut;
    }

    private void NotePrediction()
    {
        _predictedSum = KeepCommon * _predictedSum + _filter.Predicted;
        _commonSum = KeepCommon * _commonSum + _filter.Common;
        _predictedPeak = Math.Max(_filter.Predicted, KeepPredicted * _predictedPeak);
        _tornFrames = _filter.Predicted > TornSum && _filter.Heard < TornShare * _filter.Predicted ? TornFrames : Math.Max(0, _tornFrames - 1);
    }

    private bool IsTrusted() =>
        _tornFrames == 0 && _leftDb < MostLeftDb && _filter.Left < 2 * _filter.Heard && _commonSum > LeastCommon * _predictedSum && _commonSum < MostCommon * _predictedSum;

    private void Learn(float leftDb, bool mayBeCaller)
    {
        if (leftDb <= _leftDb)
            _leftDb -= FallDb;
        else if (leftDb < _leftDb + RestDb)
            _leftDb += RiseShare * (leftDb - _leftDb);
        else
            _leftDb += mayBeCaller ? CallerRiseDb : FarRiseDb;
        _leftDb = Math.Min(_leftDb, 0);
    }

    private static float Level(float sum) => BandLevels.ToDbov(sum / FrameSamples);
}
