using Telephony.Audio;

namespace Simulation.Phone;

/// <summary>Both sides of a simulated call in one file, the caller left and the agent right.</summary>
internal static class StereoRecording
{
    /// <summary>Lays the sides over each other from their common start; the shorter one ends in silence.</summary>
    public static WavFile Mix(ReadOnlySpan<short> caller, ReadOnlySpan<short> agent)
    {
        var stereo = new short[2 * Math.Max(caller.Length, agent.Length)];
        for (var i = 0; i < caller.Length; i++)
            stereo[2 * i] = caller[i];
        for (var i = 0; i < agent.Length; i++)
            stereo[2 * i + 1] = agent[i];
        return new WavFile(HeardAudio.SampleRateHz, 2, stereo);
    }
}
