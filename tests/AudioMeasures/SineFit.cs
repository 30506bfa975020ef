using System.Numerics;

namespace AudioMeasures;

/// <summary>One sine taken out of a signal: its amplitude and phase, and what is left.</summary>
/// <param name="Amplitude">Peak amplitude of the sine.</param>
/// <param name="PhaseRadians">Phase at the first sample, of a sine.</param>
/// <param name="ResidualRms">RMS of the signal without the sine.</param>
public readonly record struct SineFit(double Amplitude, double PhaseRadians, double ResidualRms)
{
    /// <summary>Ratio of the sine's power to all the rest, in dB.</summary>
    public double SnrDb => 20 * Math.Log10(Amplitude / Math.Sqrt(2) / ResidualRms);

    /// <summary>Fits a sine of a known frequency; the signal must hold a whole number of its periods.</summary>
    public static SineFit Of(ReadOnlySpan<short> pcm, int sampleRateHz, double frequencyHz)
    {
        var step = Complex.FromPolarCoordinates(1, 2 * Math.PI * frequencyHz / sampleRateHz);
        Complex turning = Complex.One, sum = Complex.Zero;
        double energy = 0;
        foreach (var sample in pcm)
        {
            sum += sample * turning;
            turning *= step;
            energy += (double)sample * sample;
        }
        var amplitude = 2 * sum.Magnitude / pcm.Length;
        var residual = energy / pcm.Length - amplitude * amplitude / 2;
        return new(amplitude, Math.Atan2(sum.Real, sum.Imaginary), Math.Sqrt(Math.Max(residual, 0)));
    }
}
