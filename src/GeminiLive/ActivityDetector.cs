using System.Numerics;

namespace GeminiLive;

/// <summary>Hears where the caller's speech begins and ends: energy over a noise floor that adapts, with an onset and a hangover.</summary>
/// <remarks>
/// Owned by the send loop; allocates only when built. The floor is the least energy of the last three seconds, so that speech, which has gaps,
/// does not raise it, while lasting noise does: that ends a stretch too, but not as speech (<see cref="EndedInQuiet"/>).
/// </remarks>
internal sealed class ActivityDetector
{
    // Telephone speech lies around -20 dBov; what is quieter than this is none, however quiet the line.
    private const double LeastSpeechDbov = -50;
    private const double StartOverFloorDb = 9;
    private const double StayOverFloorDb = 6;
    private const double QuietFloorDbov = -75;

    // Taken for the floor until the line has been quieter or three seconds have told better: a noisy line shall not begin with a turn.
    private const double FirstFloorDbov = -45;

    // How far the level falls when somebody stops, as against noise that goes on.
    private const double FallDb = 6;

    private const int WindowMs = 250;
    private readonly double[] _leasts = new double[12];

    private readonly int _chunkMs;
    private readonly int _onsetMs;
    private readonly int _hangoverMs;
    private double _least = double.MaxValue;
    private int _windowMs;
    private int _window;
    private double _loudMs;
    private int _quietMs;
    private double _speechDb;

    /// <summary>A detector that has heard nothing.</summary>
    /// <param name="chunkMs">Length of the chunks it is given.</param>
    /// <param name="onsetMs">Speech needed before the start is believed; a pause takes away half its own length.</param>
    /// <param name="hangoverMs">Quiet needed before the end is believed.</param>
    public ActivityDetector(int chunkMs, int onsetMs, int hangoverMs)
    {
        (_chunkMs, _onsetMs, _hangoverMs) = (chunkMs, onsetMs, hangoverMs);
        Array.Fill(_leasts, FirstFloorDbov);
    }

    /// <summary>True from the believed start of speech to its believed end.</summary>
    public bool IsActive { get; private set; }

    /// <summary>True when the last stretch ended with a fall of the level, as speech does, and not with a floor that rose to it.</summary>
    public bool EndedInQuiet { get; private set; }

    /// <summary>Level of a chunk in dB below a full-scale square wave.</summary>
    public static double RmsDbov(ReadOnlySpan<short> chunk)
    {
        var (sums, i) = (Vector<long>.Zero, 0);
        for (; i <= chunk.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(chunk[i..]), out var low, out var high);
            // Two squares fit an unsigned sum of 32 bits, and no more.
            Vector.Widen(Vector.AsVectorUInt32(low * low) + Vector.AsVectorUInt32(high * high), out var first, out var second);
            sums += Vector.AsVectorInt64(first) + Vector.AsVectorInt64(second);
        }
        double sum = Vector.Sum(sums);
        for (; i < chunk.Length; i++)
            sum += (double)chunk[i] * chunk[i];
        return 10 * Math.Log10(Math.Max(sum / chunk.Length, 1) / (32_768.0 * 32_768));
    }

    /// <summary>Takes the next chunk.</summary>
    /// <param name="chunk">Its samples.</param>
    /// <param name="isSpeech">Whether the caller speaks in it, where somebody knows better than by its level.</param>
    /// <returns>True when speech began or ended with it.</returns>
    public bool Hear(ReadOnlySpan<short> chunk, bool? isSpeech = null)
    {
        var level = RmsDbov(chunk);
        var floor = FollowFloor(level);
        var isLoud = isSpeech ?? level > Math.Max(floor + (IsActive ? StayOverFloorDb : StartOverFloorDb), LeastSpeechDbov);
        return IsActive ? Stay(level, isLoud) : Start(level, isLoud);
    }

    private bool Start(double level, bool isLoud)
    {
        _loudMs = Math.Max(0, _loudMs + (isLoud ? _chunkMs : -_chunkMs / 2.0));
        if (_loudMs < _onsetMs || !isLoud)
            return false;
        (IsActive, _loudMs, _quietMs, _speechDb) = (true, 0, 0, level);
        return true;
    }

    private bool Stay(double level, bool isLoud)
    {
        if (isLoud)
            _speechDb += 0.1 * (level - _speechDb);
        _quietMs = isLoud ? 0 : _quietMs + _chunkMs;
        if (_quietMs < _hangoverMs)
            return false;
        (IsActive, EndedInQuiet) = (false, level < _speechDb - FallDb);
        return true;
    }

    private double FollowFloor(double level)
    {
        _least = Math.Min(_least, level);
        _windowMs += _chunkMs;
        if (_windowMs >= WindowMs)
        {
            _leasts[_window++ % _leasts.Length] = _least;
            (_least, _windowMs) = (double.MaxValue, 0);
        }
        var floor = _least;
        foreach (var least in _leasts)
            floor = Math.Min(floor, least);
        return Math.Max(floor, QuietFloorDbov);
    }
}
