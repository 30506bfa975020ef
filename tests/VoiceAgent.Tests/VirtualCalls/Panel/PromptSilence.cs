using Simulation.Prompts;
using Telephony.Audio;

namespace VoiceAgent.Tests.VirtualCalls.Panel;

/// <summary>Where something said, looked at in frames of 20 ms, is silent.</summary>
internal sealed class PromptSilence
{
    /// <param name="audible">Whether each frame can be heard.</param>
    public PromptSilence(IReadOnlyList<bool> audible)
    {
        var (pause, frame) = (0, 0);
        for (; frame < audible.Count && !audible[frame]; frame++)
            LeadMs += VirtualLine.FrameMs;
        for (; frame < audible.Count; frame++)
        {
            if (audible[frame])
                (LongestPauseMs, pause) = (Math.Max(LongestPauseMs, pause), 0);
            else
                pause += VirtualLine.FrameMs;
        }
    }

    /// <summary>Silence before the first sound, in ms.</summary>
    public int LeadMs { get; }

    /// <summary>Longest silence between two sounds, in ms.</summary>
    public int LongestPauseMs { get; }

    /// <summary>That of a prompt in the library.</summary>
    public static PromptSilence Of(string name)
    {
        var pcm = PromptLibrary.Get(name).Pcm.Span;
        var frames = new List<bool>();
        for (var samples = PromptLibrary.SampleRateHz * VirtualLine.FrameMs / 1_000; pcm.Length >= samples; pcm = pcm[samples..])
            frames.Add(PcmLevel.RmsDbov(pcm[..samples]) > VirtualLine.AudibleDbov);
        return new PromptSilence(frames);
    }
}
