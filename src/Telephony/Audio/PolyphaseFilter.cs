using System.Collections.Concurrent;
using System.Numerics;

namespace Telephony.Audio;

/// <summary>The low-pass filter of one rate pair, cut into phases for <see cref="Resampler"/>; designed on first use, then shared.</summary>
/// <remarks>
/// The filter runs at the lowest common multiple of both rates and is an equal-ripple design (<see cref="MinimaxDesign"/>).
/// Pass band: 3.4 kHz where one side is a telephone line (8 kHz; G.712), 7 kHz where the narrower side is wideband (16 kHz; G.722),
/// 10.6 kHz between 24 and 48 kHz. The stop band begins at the narrower side's half rate, so no image or alias of any input lies
/// above its level. Measured by ResamplerResponseTests:
/// <code>
/// rates, either way   filter runs at   taps   per phase up / down    pass        stop      delay
///  8 kHz, 16 kHz          16 kHz         95        48 / 96          3.4 kHz     4.0 kHz   2.94 ms
///  8 kHz, 24 kHz          24 kHz        143        48 / 144         3.4 kHz     4.0 kHz   2.96 ms
///  8 kHz, 48 kHz          48 kHz        287        48 / 288         3.4 kHz     4.0 kHz   2.98 ms
/// 16 kHz, 24 kHz          48 kHz        181        64 / 96          7.0 kHz     8.0 kHz   1.88 ms
/// 16 kHz, 48 kHz          48 kHz        181        64 / 184         7.0 kHz     8.0 kHz   1.88 ms
/// 24 kHz, 48 kHz          48 kHz        125        64 / 128        10.6 kHz    12.0 kHz   1.29 ms
/// </code>
/// </remarks>
internal sealed class PolyphaseFilter
{
    /// <summary>Tolerances of the design: the pass band's, and the stop band's, each as a factor of amplitude.</summary>
    private const double PassTolerance = 0.0052;   // 0.045 dB
    private const double StopTolerance = 0.000_08;   // -82 dB

    private static readonly ConcurrentDictionary<(int InputRateHz, int OutputRateHz), PolyphaseFilter> Filters = new();

    private readonly float[] _coefficients;   // phase after phase, each oldest sample first

    private PolyphaseFilter(int inputRateHz, int outputRateHz)
    {
        var common = (int)BigInteger.GreatestCommonDivisor(inputRateHz, outputRateHz);
        (Up, Down) = (outputRateHz / common, inputRateHz / common);

        var rateHz = inputRateHz * Up;
        var (halfTaps, passHz) = Band(Math.Min(inputRateHz, outputRateHz), rateHz);
        var stopHz = Math.Min(inputRateHz, outputRateHz) / 2;
        var impulse = MinimaxDesign.LowPass(halfTaps, passHz / rateHz, (double)stopHz / rateHz, PassTolerance, StopTolerance);

        DelayMs = 1000.0 * halfTaps / rateHz;
        var lanes = Vector<float>.Count;
        TapsPerPhase = ((impulse.Length + Up - 1) / Up + lanes - 1) / lanes * lanes;
        _coefficients = Split(impulse);
    }

    /// <summary>Phases: output samples per <see cref="Down"/> input samples.</summary>
    public int Up { get; }

    /// <summary>Input samples per <see cref="Up"/> output samples.</summary>
    public int Down { get; }

    /// <summary>Input samples under the filter, a whole number of vectors.</summary>
    public int TapsPerPhase { get; }

    /// <summary>Group delay in milliseconds.</summary>
    public double DelayMs { get; }

    /// <summary>The shared filter of a rate pair.</summary>
    public static PolyphaseFilter For(int inputRateHz, int outputRateHz) =>
        Filters.GetOrAdd((inputRateHz, outputRateHz), static pair => new PolyphaseFilter(pair.InputRateHz, pair.OutputRateHz));

    /// <summary>Passes the rate on if it is supported.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static int Require(int rateHz, string parameterName) => rateHz is 8000 or 16_000 or 24_000 or 48_000
        ? rateHz
        : throw new ArgumentOutOfRangeException(parameterName, rateHz, "The rate must be 8000, 16000, 24000 or 48000 Hz.");

    /// <summary>Coefficients of one phase, for the oldest sample first.</summary>
    public ReadOnlySpan<float> Phase(int phase) => _coefficients.AsSpan(phase * TapsPerPhase, TapsPerPhase);

    // Half the taps: as many as the delay allows for a telephone line, as many as the bands need above it.
    private static (int HalfTaps, double PassHz) Band(int narrowRateHz, int rateHz) => narrowRateHz switch
    {
        8000 => (rateHz * 3 / 1000 - 1, 3400),
        16_000 => (90, 7000),
        _ => (62, 10_600),
    };

    private float[] Split(double[] impulse)
    {
        var coefficients = new float[Up * TapsPerPhase];
        for (var i = 0; i < impulse.Length; i++)
        {
            var newestFirst = i / Up;
            coefficients[i % Up * TapsPerPhase + TapsPerPhase - 1 - newestFirst] = (float)(impulse[i] * Up);   // the zeros put in take 1/Up of the level
        }
        return coefficients;
    }
}
