using Simulation.Prompts;
using Telephony.Audio;

namespace Simulation.Live.Scripts;

/// <summary>Audio a script brings itself: a tone, or a WAV file.</summary>
internal static class SpokenAudio
{
    /// <summary>A sine from <c>hz</c>, <c>ms</c> and <c>levelDbov</c> (of its RMS).</summary>
    public static short[] ReadTone(ScriptReader reader)
    {
        var hz = reader.Number("hz", 20, PromptLibrary.SampleRateHz / 2 - 1);
        var ms = reader.Number("ms", 1, 600_000);
        var levelDbov = reader.Number("levelDbov", -90, -4, -20);
        reader.RefuseUnknownKeys();
        var peak = 32_768 * Math.Sqrt(2) * Math.Pow(10, levelDbov / 20.0);
        var pcm = new short[PromptLibrary.SampleRateHz / 1_000 * ms];
        for (var i = 0; i < pcm.Length; i++)
            pcm[i] = (short)Math.Clamp(Math.Round(peak * Math.Sin(2 * Math.PI * hz * i / PromptLibrary.SampleRateHz)), short.MinValue, short.MaxValue);
        return pcm;
    }

    /// <summary>The mono file under <c>wav</c>, at 24 kHz or a rate that can be brought to it.</summary>
    public static short[] ReadWav(ScriptReader reader)
    {
        var path = Path.Combine(reader.Directory, reader.Text("wav"));
        try
        {
            if (!WavFile.TryRead(File.ReadAllBytes(path), out var wav) || wav.Channels != 1 || wav.Samples.Length == 0)
                reader.Fail($"\"wav\": {path} must be a mono 16-bit PCM WAVE file");
            else if (wav.SampleRateHz is 8_000 or 16_000 or PromptLibrary.SampleRateHz or 48_000)
                return Resample(wav);
            else
                reader.Fail($"\"wav\": {path} has {wav.SampleRateHz} Hz; it must have 8000, 16000, 24000 or 48000");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            reader.Fail($"\"wav\": {exception.Message}");
        }
        return [];
    }

    private static short[] Resample(WavFile wav)
    {
        var resampler = new Resampler(wav.SampleRateHz, PromptLibrary.SampleRateHz);
        var pcm = new short[resampler.MaxOutputSamples(wav.Samples.Length)];
        return pcm[..resampler.Process(wav.Samples, pcm)];
    }
}
