using System.Diagnostics.CodeAnalysis;
using Telephony.Codecs.Opus;

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

    /// <summary>Opus, dynamic payload type, always 48000/2 in SDP (RFC 7587 section 7): mono, decoded at 16 kHz. Needs libopus.</summary>
    public static AudioCodec Opus { get; } = new("opus", 48_000, 16_000, 2, null);

    /// <summary>Uncompressed audio at 8 kHz, dynamic payload type (RFC 3551 section 4.5.11).</summary>
    public static AudioCodec L16At8k { get; } = new("L16", 8_000, 8_000, 1, null);

    /// <summary>Uncompressed audio at 16 kHz, dynamic payload type.</summary>
    public static AudioCodec L16At16k { get; } = new("L16", 16_000, 16_000, 1, null);

    /// <summary>Telephone events on an 8 kHz clock, dynamic payload type (RFC 4733); carries digits, so it has no coder.</summary>
    public static AudioCodec TelephoneEvent8k { get; } = new("telephone-event", 8000, 8000, 1, null);

    /// <summary>Every encoding known, speech first, in the order in which this library prefers them.</summary>
    public static IReadOnlyList<AudioCodec> All { get; } = [Opus, G722, Pcmu, Pcma, L16At16k, L16At8k, TelephoneEvent8k];

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

    /// <summary>Whether coders can be built: false for Opus where libopus is missing, and for what carries no speech.</summary>
    public static bool IsAvailable(AudioCodec codec) => codec != TelephoneEvent8k && (codec != Opus || LibOpus.Instance is not null);

    /// <summary>Builds a decoder for one call.</summary>
    /// <exception cref="ArgumentException">The codec carries no speech, is not of this catalog, or is not available.</exception>
    public static IAudioDecoder CreateDecoder(AudioCodec codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        if (codec == Opus)
            return new OpusDecoder(OpusLibrary());
        if (codec == G722)
            return new G722Decoder();
        return IsL16(codec) ? new L16Decoder(codec.SampleRateHz) : new G711Decoder(LawOf(codec));
    }

    /// <summary>Builds an encoder for one call.</summary>
    /// <param name="codec">What to encode.</param>
    /// <param name="opus">How, for Opus; null for the defaults, towards a peer that asks for nothing.</param>
    /// <exception cref="ArgumentException">The codec carries no speech, is not of this catalog, or is not available.</exception>
    public static IAudioEncoder CreateEncoder(AudioCodec codec, OpusEncoding? opus = null)
    {
        ArgumentNullException.ThrowIfNull(codec);
        if (codec == Opus)
            return new OpusEncoder(OpusLibrary(), opus ?? OpusEncoding.For(new OpusOptions(), new OpusFormat()));
        if (codec == G722)
            return new G722Encoder();
        return IsL16(codec) ? new L16Encoder(codec.SampleRateHz) : new G711Encoder(LawOf(codec));
    }

    private static bool IsL16(AudioCodec codec) => codec == L16At8k || codec == L16At16k;

    private static LibOpus OpusLibrary() => LibOpus.Instance ?? throw new ArgumentException("libopus is not on this system.");

    private static G711Law LawOf(AudioCodec codec)
    {
        if (codec == Pcmu)
            return G711Law.MuLaw;
        if (codec == Pcma)
            return G711Law.ALaw;
        throw new ArgumentException($"{codec.Name}/{codec.ClockRateHz} has no speech coder.", nameof(codec));
    }
}
