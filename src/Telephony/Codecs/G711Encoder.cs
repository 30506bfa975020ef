namespace Telephony.Codecs;

/// <summary>PCM frames to G.711 payloads, on the way from the send path to the RTP sender.</summary>
/// <remarks>Keeps no state: any number of samples, one byte each.</remarks>
public sealed class G711Encoder(G711Law law) : IAudioEncoder
{
    /// <inheritdoc/>
    public int SampleRateHz => 8000;

    /// <inheritdoc/>
    public int ClockRateHz => 8000;

    /// <inheritdoc/>
    public int MaxPayloadBytes(int samples) => samples;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="payload"/> is shorter than the frame.</exception>
    public int Encode(ReadOnlySpan<short> pcm, Span<byte> payload)
    {
        if (law == G711Law.MuLaw)
            G711.EncodeMuLaw(pcm, payload);
        else
            G711.EncodeALaw(pcm, payload);
        return pcm.Length;
    }
}
