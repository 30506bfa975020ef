using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Simulation.Prompts;

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
}
