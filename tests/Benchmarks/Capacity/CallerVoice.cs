using Telephony.Codecs;

namespace Benchmarks.Capacity;

/// <summary>What every caller says, encoded once: two seconds of something as loud and as uneven as speech.</summary>
/// <param name="Name">As in SDP and in the service's settings: "PCMU", "G722" or "opus".</param>
/// <param name="PayloadType">In RTP.</param>
/// <param name="RtpMap">What SDP says of it.</param>
/// <param name="ClockUnits">RTP time of a frame.</param>
/// <param name="Frames">One after the other, again and again.</param>
internal sealed record CallerVoice(string Name, byte PayloadType, string RtpMap, uint ClockUnits, byte[][] Frames)
{
    private const uint NarrowbandFrame = 160;
    private const uint OpusFrame = 960;
    private const byte OpusPayloadType = 111;
    private const byte G722PayloadType = 9;
    private const int ShortestOpusVoice = 20;   // bytes; shorter ones are comfort noise
    private const int LeastG722Codes = 24;   // different ones in a frame; those of silence are few

    public int MaxFrameBytes { get; } = Frames.Max(frame => frame.Length);

    /// <summary>The codec of this name.</summary>
    /// <exception cref="ArgumentException">None that the load speaks.</exception>
    public static CallerVoice Of(string codec) => codec.ToUpperInvariant() switch
    {
        "PCMU" => new("PCMU", 0, "PCMU/8000", NarrowbandFrame, Encoded(CodecCatalog.Pcmu)),
        "G722" => new("G722", G722PayloadType, "G722/8000", NarrowbandFrame, Encoded(CodecCatalog.G722)),
        "OPUS" => new("opus", OpusPayloadType, "opus/48000/2", OpusFrame, Encoded(CodecCatalog.Opus)),
        _ => throw new ArgumentException($"The load speaks PCMU, G722 and opus, not {codec}."),
    };

    public ReadOnlySpan<byte> Frame(int index) => Frames[index % Frames.Length];

    /// <summary>Whether somebody speaks in this payload.</summary>
    public bool IsVoiced(ReadOnlySpan<byte> payload)
    {
        if (PayloadType == OpusPayloadType)
            return payload.Length > ShortestOpusVoice;
        if (PayloadType == G722PayloadType)
            return Different(payload) >= LeastG722Codes;
        for (var i = 0; i < payload.Length; i += 4)
        {
            if ((payload[i] & 0x7F) < 0x60)   // mu-law counts down: this is -36 dBov and more
                return true;
        }
        return false;
    }

    private static int Different(ReadOnlySpan<byte> payload)
    {
        Span<bool> seen = stackalloc bool[256];
        foreach (var code in payload)
            seen[code] = true;
        return seen.Count(true);
    }

    private static byte[][] Encoded(AudioCodec codec)
    {
        var encoder = CodecCatalog.CreateEncoder(codec);
        var frameSamples = encoder.SampleRateHz / 50;
        var payload = new byte[encoder.MaxPayloadBytes(frameSamples)];
        return [.. Pcm(encoder.SampleRateHz).Chunk(frameSamples).Select(frame => payload[..encoder.Encode(frame, payload)])];
    }

    // Syllables of 4 Hz on a voice of 140 Hz with its overtones.
    private static short[] Pcm(int rateHz)
    {
        var pcm = new short[2 * rateHz];
        for (var i = 0; i < pcm.Length; i++)
        {
            var time = (double)i / rateHz;
            var syllable = 0.3 + 0.7 * Math.Pow(Math.Sin(Math.PI * 4 * time), 2);
            var voice = 0.0;
            for (var overtone = 1; overtone <= 12; overtone++)
                voice += Math.Sin(2 * Math.PI * 140 * overtone * time) / overtone;
            pcm[i] = (short)(4_000 * syllable * voice);
        }
        return pcm;
    }
}
