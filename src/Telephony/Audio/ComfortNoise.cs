namespace Telephony.Audio;

/// <summary>Noise at a level, white or of a spectrum that was described: what a line without signal sounds like, for concealment and RFC 3389 comfort noise.</summary>
/// <remarks>One per stream. Allocates only when built. The sequence is fixed by the seed.</remarks>
public sealed class ComfortNoise(uint seed = 1)
{
    // A uniform value in -1..1 has an RMS of 1/sqrt(3).
    private const float UniformToUnitRms = 1.732_050_8f;

    // Senders describe ten at most; more says nothing that is heard.
    private const int MaxOrder = 12;

    // Beyond it the filter would ring, or never come to rest.
    private const float SharpestReflection = 0.98f;

    private readonly float[] _reflections = new float[MaxOrder];
    private readonly float[] _backward = new float[MaxOrder];
    private int _order;
    private float _excitation = 1;
    private uint _state = seed;

    /// <summary>Takes the spectrum of the noise to come.</summary>
    /// <param name="coefficients">Quantized reflection coefficients (RFC 3389 section 3.2); none for white noise. Any bytes will do.</param>
    public void Shape(ReadOnlySpan<byte> coefficients)
    {
        _order = Math.Min(coefficients.Length, MaxOrder);
        var power = 1f;
        for (var i = 0; i < _order; i++)
        {
            _reflections[i] = Math.Clamp(258f * (coefficients[i] - 127) / 32_768, -SharpestReflection, SharpestReflection);
            power *= 1 - _reflections[i] * _reflections[i];
        }
        _excitation = MathF.Sqrt(power);   // so that the level stays what it was
    }

    /// <summary>Fills the span with noise of the RMS level.</summary>
    /// <param name="pcm">Mono PCM16 at any rate.</param>
    /// <param name="dbov">Level in dBov; RFC 3389 section 3 carries its negative in the first payload byte.</param>
    public void Fill(Span<short> pcm, double dbov)
    {
        var rms = (float)PcmLevel.FromDbov(dbov);
        for (var i = 0; i < pcm.Length; i++)
            pcm[i] = PcmVector.ToPcm(rms * Shaped());
    }

    // The all-pole lattice of the coefficients: A(z) = 1 + k1 z^-1 for the first.
    private float Shaped()
    {
        var forward = _excitation * Next();
        for (var i = _order - 1; i >= 0; i--)
        {
            forward -= _reflections[i] * _backward[i];
            if (i + 1 < _order)
                _backward[i + 1] = _backward[i] + _reflections[i] * forward;
        }
        if (_order > 0)
            _backward[0] = forward;
        return forward;
    }

    /// <summary>The next value of white noise with an RMS of 1, never beyond 1.74.</summary>
    internal float Next()
    {
        _state = _state * 1_664_525 + 1_013_904_223;   // Knuth's linear congruential generator; its upper bits are the random ones
        return (int)_state * (UniformToUnitRms / 2_147_483_648f);
    }
}
