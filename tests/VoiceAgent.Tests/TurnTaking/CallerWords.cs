using System.Collections.Concurrent;
using Simulation.Prompts;
using Telephony.Audio;

namespace VoiceAgent.Tests.TurnTaking;

/// <summary>Words of recorded voices, 16 kHz: each beginning of a phrase in the prompts, after a pause.</summary>
internal static class CallerWords
{
    private const int FrameSamples = CallerSounds.RateHz / 100;

    // A phrase begins 18 dB below its level, after so many frames of less.
    private const double BelowDb = 18;
    private const int PauseFrames = 12;

    private static readonly ConcurrentDictionary<double, Lazy<IReadOnlyList<short[]>>> AtLevels = new();

    /// <summary>Every phrase's first 700 ms, cut to begin with its first frame; cut once a level, and not to be written to.</summary>
    public static IReadOnlyList<short[]> All(double dbov) => AtLevels.GetOrAdd(dbov, level => new(() => Cut(level))).Value;

    /// <summary>A whole prompt at a level.</summary>
    public static short[] Load(Prompt prompt, double dbov)
    {
        var resampler = new Resampler(PromptLibrary.SampleRateHz, CallerSounds.RateHz);
        var pcm = new short[resampler.MaxOutputSamples(prompt.Pcm.Length)];
        return CallerSounds.AtLevel(pcm[..resampler.Process(prompt.Pcm.Span, pcm)], dbov);
    }

    private static IReadOnlyList<short[]> Cut(double dbov) => [.. PromptLibrary.All.OrderBy(prompt => prompt.Name, StringComparer.Ordinal).SelectMany(prompt => Phrases(Load(prompt, dbov), dbov))];

    private static IEnumerable<short[]> Phrases(short[] pcm, double dbov)
    {
        var quiet = PauseFrames;
        for (var at = 0; at + FrameSamples <= pcm.Length; at += FrameSamples)
        {
            if (PcmLevel.RmsDbov(pcm.AsSpan(at, FrameSamples)) < dbov - BelowDb)
            {
                quiet++;
                continue;
            }
            if (quiet >= PauseFrames)
                yield return pcm[at..Math.Min(pcm.Length, at + CallerSounds.Samples(700))];
            quiet = 0;
        }
    }
}
