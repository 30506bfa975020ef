using System.Buffers.Binary;
using Telephony.Audio;

namespace Telephony.Codecs;

/// <summary>Uncompressed payloads to PCM (L16, RFC 3551 section 4.5.11), lost ones concealed: for labs, where nothing may touch the samples.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built. Adds no delay.</remarks>
public sealed class L16Decoder(int sampleRateHz) : IAudioDecoder
{
    private readonly WaveformConcealment _concealment = new(sampleRateHz);
    private readonly short[] _following = new short[sampleRateHz / 50];

    /// <inheritdoc/>
    public int SampleRateHz => sampleRateHz;

    /// <inheritdoc/>
    public int ClockRateHz => sampleRateHz;

    /// <inheritdoc/>
    public int SamplesIn(ReadOnlySpan<byte> payload) => payload.Length / 2;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="pcm"/> is shorter than the payload's samples.</exception>
    public int Decode(ReadOnlySpan<byte> payload, Span<short> pcm)
    {
        var samples = SamplesIn(payload);
        if (pcm.Length < samples)
            throw new ArgumentException($"{samples} samples do not go into {pcm.Length}.", nameof(pcm));
        Expand(payload, pcm[..samples]);
        _concealment.Accept(pcm[..samples]);
        return samples;
    }

    /// <inheritdoc/>
    public void Conceal(Span<short> pcm) => _concealment.Conceal(pcm);

    /// <inheritdoc/>
    public void Conceal(ReadOnlySpan<byte> following, Span<short> pcm)
    {
        _concealment.Conceal(pcm);
        var known = _following.AsSpan(0, Math.Min(SamplesIn(following), _following.Length));
        Expand(following, known);
        _concealment.Bridge(pcm, known);
    }

    private static void Expand(ReadOnlySpan<byte> payload, Span<short> pcm)
    {
        for (var i = 0; i < pcm.Length; i++)
            pcm[i] = BinaryPrimitives.ReadInt16BigEndian(payload[(2 * i)..]);
    }
}
