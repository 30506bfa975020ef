using AudioMeasures.Impairments;
using Support.Audio;
using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Tests.Media;

namespace Benchmarks.Sound;

/// <summary>Short calls to listen to, 8 kHz stereo: on the left the caller as the model hears them, on the right the agent.</summary>
internal static class ListeningSamples
{
    private const int RateHz = 8000;
    private const int Seed = 1;

    /// <summary>Writes clean.wav, loss-concealed.wav and loss-silence.wav.</summary>
    /// <param name="folder">Made if it is not there.</param>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var caller = SpokenVoice.Load("caller-booking", RateHz);
        var call = ImpairedCall.Run(CodecCatalog.Pcmu, caller, new Impairment { Loss = 0.05 }, Seed);
        Write(Path.Combine(folder, "clean.wav"), call.Clean);
        Write(Path.Combine(folder, "loss-concealed.wav"), call.Heard);
        Write(Path.Combine(folder, "loss-silence.wav"), call.Silenced);
    }

    private static void Write(string file, short[] heard)
    {
        var (caller, agent) = (ToLineRate(heard), SpokenVoice.Load("booked", RateHz));
        var stereo = new short[2 * (caller.Length + agent.Length)];
        for (var i = 0; i < caller.Length; i++)
            stereo[2 * i] = caller[i];
        for (var i = 0; i < agent.Length; i++)
            stereo[2 * (caller.Length + i) + 1] = agent[i];
        using var writer = new WavWriter(File.Create(file), RateHz, channels: 2);
        writer.Write(stereo);
    }

    private static short[] ToLineRate(short[] heard)
    {
        var resampler = new Resampler(ImpairedCall.HeardRateHz, RateHz);
        var pcm = new short[resampler.MaxOutputSamples(heard.Length)];
        return pcm[..resampler.Process(heard, pcm)];
    }
}
