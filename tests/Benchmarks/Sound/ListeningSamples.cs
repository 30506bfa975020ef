using AudioMeasures.Impairments;
using Support.Audio;
using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Tests.Media;

namespace Benchmarks.Sound;

/// <summary>Short calls to listen to, 8 kHz stereo: on the left the caller, on the right the agent.</summary>
internal static class ListeningSamples
{
    private const int RateHz = 8000;
    private const int CallerRateHz = 16_000;
    private const int AgentRateHz = 24_000;
    private const int Seed = 1;

    /// <summary>Writes all that the folder's README names.</summary>
    /// <param name="folder">Made if it is not there.</param>
    public static async Task WriteAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        WriteLosses(folder);
        Write(folder, "barge-in", await SampleCalls.BargeInAsync());
        Write(folder, "resume", await SampleCalls.ResumeAsync());
        Write(folder, "reconnect", await SampleCalls.ReconnectAsync());
    }

    private static void WriteLosses(string folder)
    {
        var call = ImpairedCall.Run(CodecCatalog.Pcmu, SpokenVoice.Load("caller-booking", RateHz), new Impairment { Loss = 0.05 }, Seed);
        var agent = SpokenVoice.Load("booked", AgentRateHz);
        foreach (var (name, heard) in new[] { ("clean", call.Clean), ("loss-concealed", call.Heard), ("loss-silence", call.Silenced) })
            Write(folder, name, (heard, [.. new short[heard.Length * 3 / 2], .. agent]));
    }

    private static void Write(string folder, string name, (short[] Caller, short[] Agent) heard)
    {
        var (caller, agent) = (ToLineRate(heard.Caller, CallerRateHz), ToLineRate(heard.Agent, AgentRateHz));
        var stereo = new short[2 * Math.Max(caller.Length, agent.Length)];
        for (var i = 0; i < caller.Length; i++)
            stereo[2 * i] = caller[i];
        for (var i = 0; i < agent.Length; i++)
            stereo[2 * i + 1] = agent[i];
        using var writer = new WavWriter(File.Create(Path.Combine(folder, name + ".wav")), RateHz, channels: 2);
        writer.Write(stereo);
    }

    private static short[] ToLineRate(short[] heard, int rateHz)
    {
        var resampler = new Resampler(rateHz, RateHz);
        var pcm = new short[resampler.MaxOutputSamples(heard.Length)];
        return pcm[..resampler.Process(heard, pcm)];
    }
}
