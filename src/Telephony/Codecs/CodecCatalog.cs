using System.Diagnostics.CodeAnalysis;

namespace Telephony.Codecs;

/// <summary>The RTP encodings this library speaks: asked by offer/answer for names, by the media session for coders.</summary>
public static class CodecCatalog
{
    /// <summary>G.711 mu-law, payload type 0 (RFC 3551 section 4.5.14).</summary>
    public static AudioCodec Pcmu { get; } = new("PCMU", 8000, 8000, 1, 0);

    /// <summary>G.711 A-law, payload type 8 (RFC 3551 section 4.5.14).</summary>
    public static AudioCodec Pcma { get; } = new("PCMA", 8000, 8000, 1, 8);

    /// <summary>G.722 at 64 kbit/s, payload type 9: 16 kHz audio on an 8 kHz RTP clock (RFC 3551 section 4.5.2).</summary>
    public static AudioCodec G722 { get; } = new("G722", 8000, 16_000, 1, 9);

    /// <summary>Telephone events on an 8 kHz clock, dynamic payload type (RFC 4733); carries digits, so it has no coder.</summary>
    public static AudioCodec TelephoneEvent8k { get; } = new("telephone-event", 8000, 8000, 1, null);

    /// <summary>Every encoding known, speech first, in the order in which this library prefers them.</summary>
    public static IReadOnlyList<AudioCodec> All { get; } = [G722, Pcmu, Pcma, TelephoneEvent8k];

    /// <summary>Finds the encoding of an rtpmap; names compare without case (RFC 4855 section 3).</summary>
    public static bool TryFind(ReadOnlySpan<char> name, int clockRateHz, [NotNullWhen(true)] out AudioCodec? codec)
    {
        foreach (var candidate in All)
        {
            if (candidate.ClockRateHz == clockRateHz && name.Equals(candidate.Name, StringComparison.OrdinalIgnoreCase))
            {
                codec = candidate;
                return true;
            }
        }
        codec = null;
        return false;
    }

    /// <summary>Finds the encoding that RFC 3551 table 4 ties to a payload type, for media lines without an rtpmap.</summary>
    public static bool TryFindStatic(int payloadType, [NotNullWhen(true)] out AudioCodec? codec)
    {
        foreach (var candidate in All)
        {
            if (candidate.StaticPayloadType == payloadType)
            {
                codec = candidate;
                return true;
            }
        }
        codec = null;
        return false;
    }

    /// <summary>Builds a decoder for one call.</summary>
    /// <exception cref="ArgumentException">The codec carries no speech, or is not of this catalog.</exception>
    public static IAudioDecoder CreateDecoder(AudioCodec codec) => codec == G722 ? new G722Decoder() : new G711Decoder(LawOf(codec));

    /// <summary>Builds an encoder for one call.</summary>
    /// <exception cref="ArgumentException">The codec carries no speech, or is not of this catalog.</exception>
    public static IAudioEncoder CreateEncoder(AudioCodec codec) => codec == G722 ? new G722Encoder() : new G711Encoder(LawOf(codec));

    private static G711Law LawOf(AudioCodec codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        if (codec == Pcmu)
            return G711Law.MuLaw;
        if (codec == Pcma)
            return G711Law.ALaw;
        throw new ArgumentException($"{codec.Name}/{codec.ClockRateHz} has no speech coder.", nameof(codec));
    }
}
