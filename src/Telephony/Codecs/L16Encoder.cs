using System.Buffers.Binary;

namespace Telephony.Codecs;

/// <summary>PCM frames to uncompressed payloads (L16, RFC 3551 section 4.5.11), on the way from the send path to the RTP sender.</summary>
/// <remarks>Keeps no state: any number of samples, two bytes each, the upper one first.</remarks>
public sealed class L16Encoder(int sampleRateHz) : IAudioEncoder
{
    /// <inheritdoc/>
    public int SampleRateHz => sampleRateHz;

    /// <inheritdoc/>
    public int ClockRateHz => sampleRateHz;

    /// <inheritdoc/>
    public int MaxPayloadBytes(int samples) => 2 * samples;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="payload"/> is shorter than the frame.</exception>
    public int Encode(ReadOnlySpan<short> pcm, Span<byte> payload)
    {
        if (payload.Length < 2 * pcm.Length)
            throw new ArgumentException($"{pcm.Length} samples do not go into {payload.Length} bytes.", nameof(payload));
        for (var i = 0; i < pcm.Length; i++)
            BinaryPrimitives.WriteInt16BigEndian(payload[(2 * i)..], pcm[i]);
        return 2 * pcm.Length;
    }
}
