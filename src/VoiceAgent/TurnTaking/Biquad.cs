namespace VoiceAgent.TurnTaking;

/// <summary>A filter of second order, Butterworth (Audio EQ Cookbook), for looking at sound, not for hearing it.</summary>
/// <remarks>Owned by one thread; transposed direct form II.</remarks>
internal sealed class Biquad
{
    // Below this a decaying state costs the processor its slow path for denormal numbers.
    private const float Nothing = 1e-15f;

    private readonly float _b0;
    private readonly float _b1;
    private readonly float _b2;
    private readonly float _a1;
    private readonly float _a2;
    private float _z1;
    private float _z2;

    private Biquad(double b0, double b1, double b2, double a0, double a1, double a2) =>
        (_b0, _b1, _b2, _a1, _a2) = ((float)(b0 / a0), (float)(b1 / a0), (float)(b2 / a0), (float)(a1 / a0), (float)(a2 / a0));

    /// <summary>Lets through what is below a frequency.</summary>
    public static Biquad LowPass(double cutHz, int rateHz)
    {
        var (cos, alpha) = Design(cutHz, rateHz);
        return new Biquad((1 - cos) / 2, 1 - cos, (1 - cos) / 2, 1 + alpha, -2 * cos, 1 - alpha);
    }

    /// <summary>Lets through what is above a frequency.</summary>
    public static Biquad HighPass(double cutHz, int rateHz)
    {
        var (cos, alpha) = Design(cutHz, rateHz);
        return new Biquad((1 + cos) / 2, -(1 + cos), (1 + cos) / 2, 1 + alpha, -2 * cos, 1 - alpha);
    }

    /// <summary>Takes a sample and gives the next.</summary>
    public float Next(float x)
    {
        var y = _b0 * x + _z1 + Nothing;
        _z1 = _b1 * x - _a1 * y + _z2;
        _z2 = _b2 * x - _a2 * y;
        return y;
    }

    private static (double Cos, double Alpha) Design(double cutHz, int rateHz)
    {
        var w = 2 * Math.PI * cutHz / rateHz;
        return (Math.Cos(w), Math.Sin(w) / Math.Sqrt(2));
    }
}
