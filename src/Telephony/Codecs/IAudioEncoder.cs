namespace Telephony.Codecs;

/// <summary>Turns PCM frames into RTP payloads. One per call and direction.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built.</remarks>
public interface IAudioEncoder
{
    /// <summary>Samples per second of the PCM side.</summary>
    int SampleRateHz { get; }

    /// <summary>RTP timestamp units per second.</summary>
    int ClockRateHz { get; }

    /// <summary>Largest payload for a frame of that many samples, in bytes.</summary>
    int MaxPayloadBytes(int samples);

    /// <summary>Encodes one frame.</summary>
    /// <returns>Bytes written.</returns>
    int Encode(ReadOnlySpan<short> pcm, Span<byte> payload);

    /// <summary>The peer has reported so much loss: a codec with redundancy makes it fit.</summary>
    /// <param name="fraction">Share of packets lost on the way to the peer, 0 to 1.</param>
    void ExpectLoss(double fraction)
    {
    }
}
