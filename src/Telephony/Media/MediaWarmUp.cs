using Telephony.Audio;
using Telephony.Codecs;

namespace Telephony.Media;

/// <summary>Runs a second of silence through every codec and resampler at start, so that the first caller does not wait for filter design and compilation.</summary>
internal static class MediaWarmUp
{
    private const int Frames = 50;
    private const int FrameMs = 20;

    /// <param name="codecs">Codecs that may be negotiated.</param>
    /// <param name="listenerRateHz">Rate at which the host hears the caller.</param>
    /// <param name="speakerRateHz">Rate at which the host speaks.</param>
    public static void Run(IEnumerable<AudioCodec> codecs, int listenerRateHz = 16_000, int speakerRateHz = 24_000)
    {
        foreach (var codec in codecs)
        {
            var up = new Resampler(codec.SampleRateHz, listenerRateHz);
            var down = new Resampler(speakerRateHz, codec.SampleRateHz);
            RunPaths(CodecCatalog.CreateDecoder(codec), CodecCatalog.CreateEncoder(codec), up, down);
        }
    }

    private static void RunPaths(IAudioDecoder decoder, IAudioEncoder encoder, Resampler up, Resampler down)
    {
        var spoken = new short[down.InputRateHz * FrameMs / 1_000];
        var line = new short[down.MaxOutputSamples(spoken.Length)];
        var payload = new byte[encoder.MaxPayloadBytes(line.Length)];
        for (var i = 0; i < Frames; i++)
        {
            var samples = down.Process(spoken, line);
            var bytes = encoder.Encode(line.AsSpan(0, samples), payload);
            decoder.Decode(payload.AsSpan(0, bytes), line);
            decoder.Conceal(line);
            up.Process(line.AsSpan(0, samples), new short[up.MaxOutputSamples(samples)]);
        }
    }
}
