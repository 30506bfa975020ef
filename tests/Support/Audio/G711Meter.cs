using AudioMeasures;
using Telephony.Audio;
using Telephony.Codecs;

namespace Support.Audio;

/// <summary>Measures the whole speech path with a sine, as goal B25 names it: model at 24 kHz -> G.711 -> model at 16 kHz.</summary>
public static class G711Meter
{
    // A sine that just reaches the coder's limit has this level (G.711 tables 1 and 2).
    private const double ALawLimitDbm0 = 3.14;
    private const double MuLawLimitDbm0 = 3.17;

    private const int FrameMs = 20;
    private const int Seconds = 1;
    private const int SettleFrames = 10;

    /// <summary>Signal to all other power at the end of the path.</summary>
    /// <param name="codec">PCMU or PCMA.</param>
    /// <param name="frequencyHz">Whole Hz, so that the measured second holds whole periods.</param>
    /// <param name="dbm0">Level of the sine; 0 dBm0 is about 3 dB below the coder's limit.</param>
    public static double SnrDb(AudioCodec codec, int frequencyHz, double dbm0)
    {
        var limit = codec == CodecCatalog.Pcmu ? MuLawLimitDbm0 : ALawLimitDbm0;
        var amplitude = 32_768 * Math.Pow(10, (dbm0 - limit) / 20);
        var sine = Tone.Sine(24_000, frequencyHz, 24_000 * Seconds + SettleFrames * 480, amplitude);
        var heard = Path(codec, sine);
        return SineFit.Of(heard.AsSpan(SettleFrames * 320, 16_000 * Seconds), 16_000, frequencyHz).SnrDb;
    }

    private static short[] Path(AudioCodec codec, short[] sine)
    {
        var (down, up) = (new Resampler(24_000, 8000), new Resampler(8000, 16_000));
        var (encoder, decoder) = (CodecCatalog.CreateEncoder(codec), CodecCatalog.CreateDecoder(codec));
        var (narrow, payload, decoded) = (new short[8 * FrameMs], new byte[8 * FrameMs], new short[8 * FrameMs]);
        var frames = sine.Length / (24 * FrameMs);
        var heard = new short[frames * 16 * FrameMs];
        for (var frame = 0; frame < frames; frame++)
        {
            down.Process(sine.AsSpan(frame * 24 * FrameMs, 24 * FrameMs), narrow);
            encoder.Encode(narrow, payload);
            decoder.Decode(payload, decoded);
            up.Process(decoded, heard.AsSpan(frame * 16 * FrameMs, 16 * FrameMs));
        }
        return heard;
    }
}
