using Telephony.Codecs;

namespace Benchmarks.Capacity;

/// <summary>What every caller says, encoded once: two seconds of something as loud and as uneven as speech.</summary>
/// <param name="Name">As in SDP and in the service's settings: "PCMU" or "opus".</param>
/// <param name="PayloadType">In RTP.</param>
/// <param name="RtpMap">What SDP says of it.</param>
/// <param name="ClockUnits">RTP time of a frame.</param>
/// <param name="Frames">One after the other, again and again.</param>
internal sealed record CallerVoice(string Name, byte PayloadType, string RtpMap, uint ClockUnits, byte[][] Frames)
{
    private const int RateHz = 8_000;
    private const int FrameSamples = 160;
    private const byte OpusPayloadType = 111;

    public int MaxFrameBytes { get; } = Frames.Max(frame => frame.Length);

    /// <summary>The codec of this name.</summary>
    /// <exception cref="ArgumentException">None that the load speaks.</exception>
    public static CallerVoice Of(string codec) => codec switch
    {
        "PCMU" => new("PCMU", 0, "PCMU/8000", FrameSamples, [.. Pcm().Chunk(FrameSamples).Select(frame => Array.ConvertAll(frame, G711.EncodeMuLaw))]),
        _ => throw new ArgumentException($"The load speaks PCMU, not {codec}."),
    };

    public ReadOnlySpan<byte> Frame(int index) => Frames[index % Frames.Length];

    /// <summary>Whether somebody speaks in this payload.</summary>
    public bool IsVoiced(ReadOnlySpan<byte> payload)
    {
        if (PayloadType == OpusPayloadType)
            return payload.Length > 20;   // shorter ones are comfort noise
        for (var i = 0; i < payload.Length; i += 4)
        {
            if ((payload[i] & 0x7F) < 0x60)   // mu-law counts down: this is -36 dBov and more
                return true;
        }
        return false;
    }

    // Syllables of 4 Hz on a voice of 140 Hz with its overtones.
    private static short[] Pcm()
    {
        var pcm = new short[2 * RateHz];
        for (var i = 0; i < pcm.Length; i++)
        {
            var time = (double)i / RateHz;
            var syllable = 0.3 + 0.7 * Math.Pow(Math.Sin(Math.PI * 4 * time), 2);
            var voice = 0.0;
            for (var overtone = 1; overtone <= 12; overtone++)
                voice += Math.Sin(2 * Math.PI * 140 * overtone * time) / overtone;
            pcm[i] = (short)(4_000 * syllable * voice);
        }
        return pcm;
    }
}
