namespace Telephony.Audio;

/// <summary>White noise at a level: what a line without signal sounds like, for concealment and RFC 3389 comfort noise.</summary>
/// <remarks>One per stream. Allocates only when built. The sequence is fixed by the seed.</remarks>
public sealed class ComfortNoise(uint seed = 1)
{
    // A uniform value in -1..1 has an RMS of 1/sqrt(3).
    private const float UniformToUnitRms = 1.732_050_8f;

    private uint _state = seed;

    /// <summary>Fills the span with noise of the RMS level.</summary>
    /// <param name="pcm">Mono PCM16 at any rate.</param>
    /// <param name="dbov">Level in dBov; RFC 3389 section 3 carries its negative in the first payload byte.</param>
    public void Fill(Span<short> pcm, double dbov)
    {
        var rms = (float)PcmLevel.FromDbov(dbov);
        for (var i = 0; i < pcm.Length; i++)
            pcm[i] = PcmVector.ToPcm(rms * Next());
    }

    /// <summary>The next value of noise with an RMS of 1, never beyond 1.74.</summary>
    internal float Next()
    {
        _state = _state * 1_664_525 + 1_013_904_223;   // Knuth's linear congruential generator; its upper bits are the random ones
        return (int)_state * (UniformToUnitRms / 2_147_483_648f);
    }
}
