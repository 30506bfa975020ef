using Telephony.Audio;

namespace Support.Audio;

/// <summary>Real sentences in several voices, for measures that a synthetic vowel would flatter: the simulator's prompts, read from the sources.</summary>
public static class SpokenVoice
{
    /// <summary>Names of the sentences.</summary>
    public static IReadOnlyList<string> Names { get; } = ["caller-booking", "caller-interruption", "caller-question", "apology.de", "greeting", "while-booking"];

    /// <summary>A sentence at a rate of 8, 16, 24 or 48 kHz; whole 20 ms frames.</summary>
    /// <exception cref="InvalidDataException">The file is no WAV file.</exception>
    public static short[] Load(string name, int sampleRateHz)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Repository.Root, "src", "Simulation", "Prompts", name + ".wav"));
        if (!WavFile.TryRead(bytes, out var wav))
            throw new InvalidDataException($"{name}.wav is no WAV file.");
        var pcm = wav.Samples;
        if (wav.SampleRateHz != sampleRateHz)
        {
            var resampler = new Resampler(wav.SampleRateHz, sampleRateHz);
            pcm = new short[resampler.MaxOutputSamples(wav.Samples.Length)];
            pcm = pcm[..resampler.Process(wav.Samples, pcm)];
        }
        return pcm[..(pcm.Length / (sampleRateHz / 50) * (sampleRateHz / 50))];
    }
}
