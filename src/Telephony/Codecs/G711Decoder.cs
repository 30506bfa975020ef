using Telephony.Audio;

namespace Telephony.Codecs;

/// <summary>G.711 payloads to PCM, lost ones concealed: from the jitter buffer to the receive path's resampler.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built. Adds no delay.</remarks>
public sealed class G711Decoder(G711Law law) : IAudioDecoder
{
    private readonly WaveformConcealment _concealment = new(8000);
    private readonly short[] _following = new short[160];

    /// <inheritdoc/>
    public int SampleRateHz => 8000;

    /// <inheritdoc/>
    public int ClockRateHz => 8000;

    /// <inheritdoc/>
    public int SamplesIn(ReadOnlySpan<byte> payload) => payload.Length;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="pcm"/> is shorter than the payload.</exception>
    public int Decode(ReadOnlySpan<byte> payload, Span<short> pcm)
    {
        Expand(payload, pcm);
        _concealment.Accept(pcm[..payload.Length]);
        return payload.Length;
    }

    /// <inheritdoc/>
    public void Conceal(Span<short> pcm) => _concealment.Conceal(pcm);

    /// <inheritdoc/>
    public void Conceal(ReadOnlySpan<byte> following, Span<short> pcm)
    {
        _concealment.Conceal(pcm);
        var known = following[..Math.Min(following.Length, _following.Length)];
        Expand(known, _following);
        _concealment.Bridge(pcm, _following.AsSpan(0, known.Length));
    }

    private void Expand(ReadOnlySpan<byte> payload, Span<short> pcm)
    {
        if (law == G711Law.MuLaw)
            G711.DecodeMuLaw(payload, pcm);
        else
            G711.DecodeALaw(payload, pcm);
    }
}
