namespace Telephony.Codecs;

/// <summary>Turns RTP payloads into PCM, and lost ones into a plausible continuation. One per call and direction.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built.</remarks>
public interface IAudioDecoder
{
    /// <summary>Samples per second of the PCM side.</summary>
    int SampleRateHz { get; }

    /// <summary>RTP timestamp units per second.</summary>
    int ClockRateHz { get; }

    /// <summary>Number of samples that the payload decodes to, without decoding it; 0 for a payload that cannot be decoded.</summary>
    int SamplesIn(ReadOnlySpan<byte> payload);

    /// <summary>Decodes one payload; never throws on any bytes.</summary>
    /// <param name="payload">RTP payload, padding removed.</param>
    /// <param name="pcm">Room for at least <see cref="SamplesIn"/> samples.</param>
    /// <returns>Samples written; 0 for a payload that cannot be decoded.</returns>
    int Decode(ReadOnlySpan<byte> payload, Span<short> pcm);

    /// <summary>Fills the whole span with a concealment of lost audio; consecutive calls continue one gap and fade out.</summary>
    void Conceal(Span<short> pcm);

    /// <summary>Fills the whole span with a concealment of the lost audio right before a packet, in the knowledge of what follows.</summary>
    /// <param name="following">Payload of the packet behind the gap, which is decoded next.</param>
    /// <param name="pcm">The gap, or its end.</param>
    void Conceal(ReadOnlySpan<byte> following, Span<short> pcm) => Conceal(pcm);

    /// <summary>Fills the whole span with the lost audio right before a packet, its end from what the packet says of it again, the rest concealed.</summary>
    /// <param name="following">Payload of the packet behind the gap, which is decoded next.</param>
    /// <param name="pcm">The gap.</param>
    /// <returns>Samples at the end of the span that are no guess; 0 when the packet says nothing again, and then nothing has been written.</returns>
    int Recover(ReadOnlySpan<byte> following, Span<short> pcm) => 0;
}
