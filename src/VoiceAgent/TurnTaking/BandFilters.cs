using System.Runtime.Intrinsics;

namespace VoiceAgent.TurnTaking;

/// <summary>The filters of <see cref="BandSplitter"/>, each of second order, Butterworth (Audio EQ Cookbook), side by side in the lanes of a vector; for looking at sound, not for hearing it.</summary>
/// <remarks>
/// Lanes: high-pass 120 Hz, low-pass 600 Hz behind it, high-pass 750 Hz behind it, and another one behind that. Each lane takes what the one before it gave a
/// sample ago, so that none waits for another. Owned by one thread; transposed direct form II.
/// </remarks>
internal sealed class BandFilters
{
    private const int HumLane = 0;
    private const int LowLane = 1;
    private const int HighLane = 3;

    // Below this a decaying state costs the processor its slow path for denormal numbers.
    private const float Nothing = 1e-15f;

    private readonly Vector128<float> _b0;
    private readonly Vector128<float> _b1;
    private readonly Vector128<float> _b2;
    private readonly Vector128<float> _minusA1;
    private readonly Vector128<float> _minusA2;
    private Vector128<float> _z1;
    private Vector128<float> _z2;
    private Vector128<float> _given;

    /// <param name="rateHz">Rate of the samples.</param>
    public BandFilters(int rateHz)
    {
        ReadOnlySpan<(double CutHz, bool IsHighPass)> lanes = [(120, true), (600, false), (750, true), (750, true)];
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            var w = 2 * Math.PI * lanes[lane].CutHz / rateHz;
            var (cos, a0) = (Math.Cos(w), 1 + Math.Sin(w) / Math.Sqrt(2));
            var (edge, middle) = lanes[lane].IsHighPass ? ((1 + cos) / 2, -(1 + cos)) : ((1 - cos) / 2, 1 - cos);
            _b0 = _b0.WithElement(lane, (float)(edge / a0));
            _b1 = _b1.WithElement(lane, (float)(middle / a0));
            _b2 = _b2.WithElement(lane, (float)(edge / a0));
            _minusA1 = _minusA1.WithElement(lane, (float)(2 * cos / a0));
            _minusA2 = _minusA2.WithElement(lane, (float)((a0 - 2) / a0));
        }
    }

    /// <summary>Takes hum out of a frame and gives the sums of squares of its bands.</summary>
    /// <param name="frame">In: samples; out: without hum.</param>
    public (float Low, float High) Process(Span<float> frame)
    {
        var (z1, z2, given, squares) = (_z1, _z2, _given, Vector128<float>.Zero);
        var nothing = Vector128.Create(Nothing);
        for (var i = 0; i < frame.Length; i++)
        {
            var taken = Vector128.Shuffle(given, Vector128.Create(HumLane, HumLane, HumLane, 2)).WithElement(HumLane, frame[i]);
            given = Vector128.MultiplyAddEstimate(_b0, taken, z1);
            // What a sample waits for is one multiplication behind the other: everything else is done beside them.
            z1 = Vector128.MultiplyAddEstimate(_minusA1, given, Vector128.MultiplyAddEstimate(_b1, taken, z2 + nothing));
            z2 = Vector128.MultiplyAddEstimate(_minusA2, given, _b2 * taken);
            squares = Vector128.MultiplyAddEstimate(given, given, squares);
            frame[i] = given.ToScalar();
        }
        (_z1, _z2, _given) = (z1, z2, given);
        return (squares.GetElement(LowLane), squares.GetElement(HighLane));
    }
}
