using System.Numerics;

namespace VoiceAgent.TurnTaking;

/// <summary>Tells the agent's own voice that comes back from the line: what was sent is the reference, its delay and loss are learned from the rise and fall of both.</summary>
/// <remarks>
/// By levels and not by samples, so that a codec, a room or a loudspeaker that distorts changes nothing. Until it has learned, it takes the line for
/// one that returns nearly everything; a line that returns nothing is found out within seconds of the agent's speech. Owned by the media thread.
/// Allocates only when built.
/// </remarks>
internal sealed class EchoModel
{
    // 20 to 300 ms of line, and a jitter buffer on either side.
    private const int Lags = 40;
    private const int RingFrames = 64;

    private const float AudibleDbov = -55;
    private const float FloorDbov = -60;

    // Forgets within 1.5 s; may know an echo after 0.6 s of the agent's speech, and that there is none after 1.5 s.
    private const float Weight = 1 / 150f;
    private const int LeastFrames = 60;
    private const int DecidedFrames = 150;
    private const int DecisionFrames = 5;
    private const int SureDecisions = 8;
    private const float LockLikeness = 0.75f;
    private const float UnlockLikeness = 0.5f;

    // 6 dB is the least that a telephone loses; 3 dB for what adds to it.
    private const float FirstReturnDb = -3;
    private const float LeastReturnDb = -50;

    // How fast less is believed, by the frame: while an echo is being followed; on a line that has had none; on one that has, while it is not heard.
    private const float FallDbPerFrame = 0.03f;
    private const float FirstFallDbPerFrame = 0.08f;
    private const float SlowFallDbPerFrame = 0.01f;
    private const float RiseShare = 0.2f;

    // Syllables rise so far above the mean of both curves.
    private const float PeakDb = 6;
    private const float MarginDb = 5;
    private const float KnownMarginDb = 3;

    // A packet may come a frame earlier or later than the one before.
    private const int Early = 2;

    // What a room keeps of a sound comes later, and so does what stands in for a packet that was lost.
    private const int Late = 8;

    // What stands in for a lost packet falls where the agent has gone silent: whoever begins to speak is louder than what was heard before.
    private const int LingerFrames = 5;
    private const float LingerRiseDb = 1;

    // A caller who talks along makes the curves less alike than they use to be: nothing is learned from that. What is usual is found at once, and
    // forgotten within ten seconds.
    private const float DisturbedBy = 0.05f;
    private const float UsualRiseShare = 0.2f;
    private const float UsualFallShare = 0.005f;

    // What was sent, each frame twice and the newest first, so that the lags of any moment lie side by side; the curve is the total above the floor.
    private readonly float[] _sentLow = new float[2 * RingFrames];
    private readonly float[] _sentHigh = new float[2 * RingFrames];
    private readonly float[] _sentCurve = new float[2 * RingFrames];
    private readonly float[] _sentSum = new float[RingFrames];
    private readonly float[] _sentSquares = new float[RingFrames];
    private readonly float[] _products = new float[RingFrames];
    private float _heardSum;
    private float _heardSquares;
    private float _weights;
    private int _frames;
    private int _newest;
    private int _lag = -1;
    private bool _hasEcho;
    private int _untilDecision;
    private int _alikeLag;
    private int _alikeDecisions;
    private float _usualLikeness;
    private bool _isAlike;
    private bool _isDisturbed;
    private bool _wasEcho;
    private int _lingering;
    private BandLevels _heard = BandLevels.Silent;
    private BandLevels _return = new(FirstReturnDb, FirstReturnDb);

    public EchoModel()
    {
        Array.Fill(_sentLow, BandLevels.SilentDbov);
        Array.Fill(_sentHigh, BandLevels.SilentDbov);
    }

    /// <summary>True while what comes back is known for an echo, by its delay.</summary>
    public bool IsKnown => _lag >= 0;

    /// <summary>Its delay in frames of 10 ms, counted from the frame sent last; negative while it is not known.</summary>
    public int Lag => _lag;

    /// <summary>How far what was heard last stands out of all that the echo and the line's noise may be, in dB, in the band where it does so most.</summary>
    public float ExcessDb { get; private set; }

    /// <summary>The most that the echo may be of what is heard now, in dBov.</summary>
    public BandLevels Expected { get; private set; } = BandLevels.Silent;

    /// <summary>Takes 10 ms of what goes to the line.</summary>
    public void Sent(BandLevels levels)
    {
        _newest = (_newest + RingFrames - 1) % RingFrames;
        var twin = _newest + RingFrames;
        _sentLow[_newest] = _sentLow[twin] = levels.Low;
        _sentHigh[_newest] = _sentHigh[twin] = levels.High;
        _sentCurve[_newest] = _sentCurve[twin] = Math.Max(levels.Total, FloorDbov) - FloorDbov;
    }

    /// <summary>Takes 10 ms of what comes from the line.</summary>
    /// <param name="heard">Its levels.</param>
    /// <param name="noiseDbov">Level of the line when nobody speaks.</param>
    /// <returns>True when all of it may be echo, or noise under it.</returns>
    public bool Heard(BandLevels heard, float noiseDbov)
    {
        var loudest = Loudest(0, Lags - 1);
        if (loudest.Total < AudibleDbov)
        {
            (Expected, _wasEcho) = (BandLevels.Silent, false);
            return false;
        }
        Compare(heard.Total);
        var sent = _lag < 0 ? loudest : Loudest(_lag - Early, _lag + Late);
        Learn(heard, sent);
        var margin = IsKnown ? KnownMarginDb : _hasEcho || _frames < DecidedFrames ? MarginDb : 0;
        Expected = new BandLevels(sent.Low + _return.Low + margin, sent.High + _return.High + margin);
        var noise = noiseDbov + MarginDb;
        ExcessDb = Math.Max(heard.Low - Math.Max(Expected.Low, noise), heard.High - Math.Max(Expected.High, noise));
        var isEcho = ExcessDb <= 0 || Lingers(heard);
        _lingering = ExcessDb <= 0 ? 0 : _lingering + 1;
        (_wasEcho, _heard) = (isEcho, heard);
        return isEcho;
    }

    private bool Lingers(BandLevels heard) =>
        IsKnown && _wasEcho && _lingering < LingerFrames && heard.Low <= _heard.Low + LingerRiseDb && heard.High <= _heard.High + LingerRiseDb;

    private BandLevels Loudest(int from, int to)
    {
        from = Math.Max(from, 0);
        return new BandLevels(Largest(_sentLow.AsSpan(_newest + from, to - from + 1)), Largest(_sentHigh.AsSpan(_newest + from, to - from + 1)));
    }

    private static float Largest(ReadOnlySpan<float> levels)
    {
        var (largest, i) = (BandLevels.SilentDbov, 0);
        var each = new Vector<float>(largest);
        for (; i <= levels.Length - Vector<float>.Count; i += Vector<float>.Count)
            each = Vector.Max(each, new Vector<float>(levels[i..]));
        for (var lane = 0; lane < Vector<float>.Count; lane++)
            largest = Math.Max(largest, each[lane]);
        for (; i < levels.Length; i++)
            largest = Math.Max(largest, levels[i]);
        return largest;
    }

    // Likeness of two level curves: their correlation over the last seconds, at every delay.
    private void Compare(float heardDbov)
    {
        const float keep = 1 - Weight;
        var heard = Math.Max(heardDbov, FloorDbov) - FloorDbov;
        _heardSum = keep * _heardSum + heard;
        _heardSquares = keep * _heardSquares + heard * heard;
        _weights = keep * _weights + 1;
        _frames = Math.Min(_frames + 1, DecidedFrames);
        // Arrays are longer than there are lags, by more than a vector.
        for (var lag = 0; lag < Lags; lag += Vector<float>.Count)
        {
            var sent = new Vector<float>(_sentCurve, _newest + lag);
            (keep * new Vector<float>(_sentSum, lag) + sent).CopyTo(_sentSum, lag);
            (keep * new Vector<float>(_sentSquares, lag) + sent * sent).CopyTo(_sentSquares, lag);
            (keep * new Vector<float>(_products, lag) + heard * sent).CopyTo(_products, lag);
        }
        if (_frames >= LeastFrames && --_untilDecision <= 0)
            Decide();
    }

    private void Decide()
    {
        _untilDecision = DecisionFrames;
        var (lag, likeness) = (-1, 0f);
        for (var each = 0; each < Lags; each++)
        {
            if (Likeness(each) is var here && here > likeness)
                (lag, likeness) = (each, here);
        }
        _isAlike = likeness > LockLikeness;
        _usualLikeness += (likeness > _usualLikeness ? UsualRiseShare : UsualFallShare) * (likeness - _usualLikeness);
        _isDisturbed = _hasEcho && likeness < _usualLikeness - DisturbedBy;
        _alikeDecisions = _isAlike && Math.Abs(lag - _alikeLag) <= Early ? _alikeDecisions + 1 : 0;
        _alikeLag = lag;
        if (_isAlike && (IsKnown || _alikeDecisions >= SureDecisions))
            Lock(lag);
        else if (likeness < UnlockLikeness)
            _lag = -1;
    }

    private void Lock(int lag)
    {
        // Later it would be the mean of echo and of a caller who has talked along.
        if (!_hasEcho)
        {
            var mean = (_heardSum - _sentSum[lag]) / _weights + PeakDb;
            mean = Math.Min(mean, FirstReturnDb);
            _return = BandLevels.Max(_return, new BandLevels(mean, mean));
        }
        (_lag, _hasEcho) = (lag, true);
    }

    private float Likeness(int lag)
    {
        var heard = _weights * _heardSquares - _heardSum * _heardSum;
        var sent = _weights * _sentSquares[lag] - _sentSum[lag] * _sentSum[lag];
        return heard < 1 || sent < 1 ? 0 : (_weights * _products[lag] - _heardSum * _sentSum[lag]) / MathF.Sqrt(heard * sent);
    }

    private void Learn(BandLevels heard, BandLevels sent) =>
        _return = new BandLevels(Learn(_return.Low, heard.Low, sent.Low), Learn(_return.High, heard.High, sent.High));

    private float Learn(float known, float heard, float sent)
    {
        if (sent < AudibleDbov || _isDisturbed)
            return known;
        var loss = heard - sent;
        // More than the margin above what is known is somebody else.
        if (_isAlike && loss > known && loss < known + MarginDb)
            return Math.Min(known + RiseShare * (loss - known), FirstReturnDb);
        var fall = !_hasEcho ? FirstFallDbPerFrame : _isAlike ? FallDbPerFrame : SlowFallDbPerFrame;
        return loss < known ? Math.Max(known - fall, LeastReturnDb) : known;
    }
}
