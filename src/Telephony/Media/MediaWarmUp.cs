using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Rtp;
using Telephony.Rtp.Srtp;

namespace Telephony.Media;

/// <summary>Runs a second of silence through every codec, resampler and cipher at start, so that the first caller does not wait for filter design and compilation.</summary>
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
            var (decoder, encoder) = (CodecCatalog.CreateDecoder(codec), CodecCatalog.CreateEncoder(codec));
            RunPaths(decoder, encoder, new Resampler(decoder.SampleRateHz, listenerRateHz), new Resampler(speakerRateHz, encoder.SampleRateHz));
        }
        foreach (var suite in SrtpSuite.All.Where(suite => suite.IsAvailable))
            RunSrtp(SrtpMasterKey.Create(suite));
    }

    private static void RunSrtp(SrtpMasterKey key)
    {
        using var sender = new SrtpSender(key);
        using var receiver = new SrtpReceiver(key);
        var packet = new byte[RtpPacket.FixedHeaderBytes + 160 + SrtpSender.MaxOverheadBytes];
        for (ushort i = 0; i < Frames; i++)
        {
            RtpWriter.WriteHeader(packet, 0, marker: false, i, 0, 0);
            var bytes = sender.Protect(packet, RtpPacket.FixedHeaderBytes, RtpPacket.FixedHeaderBytes + 160);
            receiver.Unprotect(packet.AsSpan(0, bytes), out _);
        }
    }

    private static void RunPaths(IAudioDecoder decoder, IAudioEncoder encoder, Resampler up, Resampler down)
    {
        var spoken = new short[down.InputRateHz * FrameMs / 1_000];
        var line = new short[down.MaxOutputSamples(spoken.Length)];
        var heard = new short[decoder.SampleRateHz * FrameMs / 1_000];
        var payload = new byte[encoder.MaxPayloadBytes(line.Length)];
        for (var i = 0; i < Frames; i++)
        {
            var samples = down.Process(spoken, line);
            var bytes = encoder.Encode(line.AsSpan(0, samples), payload);
            decoder.Decode(payload.AsSpan(0, bytes), heard);
            decoder.Conceal(heard);
            decoder.Conceal(payload.AsSpan(0, bytes), heard);
            up.Process(heard, new short[up.MaxOutputSamples(heard.Length)]);
        }
    }
}
