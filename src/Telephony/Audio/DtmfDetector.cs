using System.Numerics;

namespace Telephony.Audio;

/// <summary>Finds keys that a caller's device sends as tones in the audio: decoder -> digits, for callers without telephone-event.</summary>
/// <remarks>
/// Takes a key from 45 ms on, at -36 to 0 dBm0 for each tone, 1.5 % beside the nominal frequency, the high tone 4 dB above to 8 dB below the low one
/// (ITU-T Q.23, Q.24); leaves 23 ms and 3.5 % alone. Five overlapping blocks have to hold two tones and little else, of one level and of the right frequency: speech does
/// not. Owned by the media clock's thread; allocates when built only.
/// </remarks>
internal sealed class DtmfDetector
{
    private const string Keys = "123A456B789C*0#D";
    private const int Tones = 4;                       // rows, and as many columns
    private const int HopsInWindow = 5;                // 102 samples at 8 kHz each, half of them shared: 38 ms in all
    private const int MissesUntilRelease = 5;          // so 10 ms of dropout are no second key, and a pause of 40 ms is one
    private const double HopSeconds = 51 / 8_000.0;
    private const double LeastShare = 0.6;             // of a block's energy in the two tones, which may lie beside their frequencies
    private const double LeastPurity = 0.9;            // the same for the whole window, with that taken into account
    private const double LeastLevel = 150 * 150;       // mean square of a tone at -40 dBm0
    private const double LargestSpread = 2.2;          // 3.5 dB between the blocks of one key
    private const double LargestOffset = 0.025;
    private const double HighAboveLow = 3.55;          // 5.5 dB
    private const double LowAboveHigh = 14;            // 11.5 dB: a high tone beside its frequency shows weaker than it is
    private const double Neighbour = 3;                // a tone stands out of its group by 5 dB: the other group leaks into it

    private static readonly double[] FrequenciesHz = [697, 770, 852, 941, 1209, 1336, 1477, 1633];

    private readonly int _hop;
    private readonly int _sampleRateHz;
    private readonly float[] _cos;
    private readonly float[] _sin;
    private readonly float[] _samples;
    private readonly Complex[] _previous = new Complex[2 * Tones];
    private readonly Complex[] _current = new Complex[2 * Tones];
    private readonly Complex[] _turn = new Complex[2 * Tones];   // what a tone of the nominal frequency turns in one hop
    private readonly Complex[] _blocks = new Complex[2 * Tones];
    private readonly Complex[] _formerBlocks = new Complex[2 * Tones];
    private readonly double[] _powers = new double[2 * Tones];
    private readonly Candidate[] _window = new Candidate[HopsInWindow];
    private int _filled;
    private double _previousEnergy;
    private int _hops;
    private int _run;
    private int _down = -1;
    private int _misses;

    /// <param name="sampleRateHz">Rate of the samples: 8 or 16 kHz.</param>
    public DtmfDetector(int sampleRateHz)
    {
        _sampleRateHz = sampleRateHz;
        _hop = (int)(HopSeconds * sampleRateHz);
        _samples = new float[_hop];
        _cos = new float[2 * Tones * _hop];
        _sin = new float[2 * Tones * _hop];
        for (var tone = 0; tone < 2 * Tones; tone++)
        {
            var step = 2 * Math.PI * FrequenciesHz[tone] / sampleRateHz;
            for (var i = 0; i < _hop; i++)
                (_sin[tone * _hop + i], _cos[tone * _hop + i]) = ((float)Math.Sin(step * i), (float)Math.Cos(step * i));
            _turn[tone] = new Complex(Math.Cos(step * _hop), Math.Sin(step * _hop));
        }
    }

    /// <summary>Rate of the samples that it takes.</summary>
    public int SampleRateHz => _sampleRateHz;

    /// <summary>How long a key has been down when it is told, in ms.</summary>
    public const int ToldAfterMs = 45;

    /// <summary>Takes samples in order.</summary>
    /// <param name="pcm">Any number of them; the key that is told is the last one that they complete, of which there is one in 30 ms at most.</param>
    /// <returns>The key that has been pressed, or null.</returns>
    public char? Process(ReadOnlySpan<short> pcm)
    {
        char? pressed = null;
        foreach (var sample in pcm)
        {
            _samples[_filled++] = sample;
            if (_filled == _hop)
                pressed = TakeHop() ?? pressed;
        }
        return pressed;
    }

    /// <summary>Samples are missing: what is known of a key does not count any more, but it is not pressed anew by what follows a short gap.</summary>
    public void Skip(int samples)
    {
        (_filled, _hops, _run) = (0, 0, 0);
        Miss(samples / _hop);
    }

    private char? TakeHop()
    {
        _filled = 0;
        var energy = Transform();
        var candidate = _hops++ == 0 ? Candidate.None : Judge(energy + _previousEnergy);
        _current.CopyTo(_previous, 0);
        _previousEnergy = energy;
        return Follow(candidate);
    }

    private double Transform()
    {
        double energy = 0;
        foreach (var sample in _samples)
            energy += sample * sample;
        for (var tone = 0; tone < 2 * Tones; tone++)
        {
            float re = 0, im = 0;
            var offset = tone * _hop;
            for (var i = 0; i < _hop; i++)
            {
                re += _samples[i] * _cos[offset + i];
                im -= _samples[i] * _sin[offset + i];
            }
            _current[tone] = new Complex(re, im);
        }
        return energy;
    }

    /// <summary>What the last two hops hold as one block.</summary>
    private Candidate Judge(double energy)
    {
        for (var tone = 0; tone < 2 * Tones; tone++)
        {
            // The second half begins where the tone has turned on.
            var block = _previous[tone] + _current[tone] * Complex.Conjugate(_turn[tone]);
            _powers[tone] = (block.Real * block.Real + block.Imaginary * block.Imaginary) / (2.0 * _hop * _hop);   // mean square of the tone
            (_formerBlocks[tone], _blocks[tone]) = (_blocks[tone], block);
        }
        var (row, column) = (Loudest(0), Loudest(Tones));
        var level = _powers[row] + _powers[column];
        return IsKey(row, column, level, energy / (2.0 * _hop))
            ? new Candidate(row * Tones + column - Tones, _powers[row], _powers[column], energy / (2.0 * _hop), Offset(row), Offset(column))
            : Candidate.None;
    }

    private int Loudest(int group)
    {
        var loudest = group;
        for (var tone = group + 1; tone < group + Tones; tone++)
            if (_powers[tone] > _powers[loudest])
                loudest = tone;
        return loudest;
    }

    private bool IsKey(int row, int column, double level, double total)
    {
        var (low, high) = (_powers[row], _powers[column]);
        return low > LeastLevel && high > LeastLevel
            && level > LeastShare * total
            && high < HighAboveLow * low && low < LowAboveHigh * high
            && StandsOut(row, 0) && StandsOut(column, Tones);
    }

    private bool StandsOut(int loudest, int group)
    {
        for (var tone = group; tone < group + Tones; tone++)
            if (tone != loudest && _powers[tone] * Neighbour > _powers[loudest])
                return false;
        return true;
    }

    /// <summary>How far a tone has turned since the block before, beyond what the nominal frequency does, in turns.</summary>
    private double Offset(int tone)
    {
        var turned = _blocks[tone] * Complex.Conjugate(_formerBlocks[tone] * _turn[tone]);
        return turned.Phase / (2 * Math.PI);
    }

    private char? Follow(Candidate candidate)
    {
        if (candidate.Key < 0)
        {
            _run = 0;
            Miss(1);
            return null;
        }
        if (_run > 0 && _window[(_run - 1) % HopsInWindow].Key != candidate.Key)
            _run = 0;
        _window[_run++ % HopsInWindow] = candidate;
        if (candidate.Key == _down)
            _misses = 0;
        if (_run < HopsInWindow || candidate.Key == _down || !IsSteady(candidate.Key))
            return null;
        (_down, _misses) = (candidate.Key, 0);
        return Keys[candidate.Key];
    }

    private void Miss(int hops)
    {
        _misses += hops;
        if (_misses >= MissesUntilRelease)
            _down = -1;
    }

    /// <summary>Whether the blocks of the window are of one level, both tones where they belong, and next to nothing beside them.</summary>
    private bool IsSteady(int key)
    {
        var (least, most, sum) = (double.MaxValue, 0.0, Candidate.None);
        for (var i = 0; i < HopsInWindow; i++)
        {
            var candidate = _window[(_run - 1 - i) % HopsInWindow];
            least = Math.Min(least, candidate.Low + candidate.High);
            most = Math.Max(most, candidate.Low + candidate.High);
            sum += i < HopsInWindow - 1 ? candidate : candidate with { RowTurns = 0, ColumnTurns = 0 };   // the first has turned since a block outside the window
        }
        var (rowHz, columnHz) = (HzOf(sum.RowTurns), HzOf(sum.ColumnTurns));
        return most < LargestSpread * least
            && Math.Abs(rowHz) < LargestOffset * FrequenciesHz[key / Tones] && Math.Abs(columnHz) < LargestOffset * FrequenciesHz[Tones + key % Tones]
            && sum.Low * LossAt(rowHz) + sum.High * LossAt(columnHz) > LeastPurity * sum.Total;
    }

    private double HzOf(double turns) => turns * _sampleRateHz / ((HopsInWindow - 1) * _hop);

    /// <summary>How many times stronger a tone is than it shows in a block when it lies so far beside its frequency.</summary>
    private static double LossAt(double offsetHz)
    {
        var x = Math.PI * offsetHz * 2 * HopSeconds;
        return Math.Abs(x) < 0.01 ? 1 : x * x / (Math.Sin(x) * Math.Sin(x));
    }

    /// <summary>What one block looks like, or several together: powers, and how far the tones have turned beyond their nominal frequencies.</summary>
    private readonly record struct Candidate(int Key, double Low, double High, double Total, double RowTurns, double ColumnTurns)
    {
        public static readonly Candidate None = new(-1, 0, 0, 0, 0, 0);

        public static Candidate operator +(Candidate one, Candidate other) =>
            new(other.Key, one.Low + other.Low, one.High + other.High, one.Total + other.Total, one.RowTurns + other.RowTurns, one.ColumnTurns + other.ColumnTurns);
    }
}
