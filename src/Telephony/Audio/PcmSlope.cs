namespace Telephony.Audio;

/// <summary>The steps between samples, by which an ear tells a click: audio that is made up makes none that the voice around it does not make.</summary>
/// <remarks>Allocates nothing.</remarks>
public static class PcmSlope
{
    /// <summary>Largest step between two neighbours.</summary>
    public static float Steepest(ReadOnlySpan<short> pcm)
    {
        var most = 0;
        for (var i = 1; i < pcm.Length; i++)
            most = Math.Max(most, Math.Abs(pcm[i] - pcm[i - 1]));
        return most;
    }

    /// <summary>Flattens what is steeper, from both ends inwards.</summary>
    /// <param name="pcm">Changed in place.</param>
    /// <param name="before">The sample before the first.</param>
    /// <param name="behind">The sample behind the last.</param>
    /// <param name="most">Largest step.</param>
    public static void Limit(Span<short> pcm, float before, float behind, float most)
    {
        for (var i = 0; i < pcm.Length; i++)
            before = pcm[i] = PcmVector.ToPcm(Math.Clamp((float)pcm[i], before - most, before + most));
        for (var i = pcm.Length - 1; i >= 0; i--)
            behind = pcm[i] = PcmVector.ToPcm(Math.Clamp((float)pcm[i], behind - most, behind + most));
    }

    /// <summary>Makes softer what is steeper: all from the steepest step on, and what lies before it the more the nearer it is, so that no corner is cut into the wave.</summary>
    /// <remarks>Leaves little for <see cref="Limit"/>, but may leave some.</remarks>
    /// <param name="pcm">Changed in place.</param>
    /// <param name="before">The sample before the first.</param>
    /// <param name="most">Largest step.</param>
    public static void Ease(Span<short> pcm, float before, float most)
    {
        var (steepest, at) = FindSteepest(pcm, before);
        if (steepest <= most)
            return;
        var excess = 1 - most / steepest;
        for (var i = 0; i < pcm.Length; i++)
        {
            var share = i < at ? 0.5f - 0.5f * MathF.Cos(MathF.PI * (i + 1) / (at + 1)) : 1;
            pcm[i] = PcmVector.ToPcm(pcm[i] * (1 - excess * share));
        }
    }

    private static (float Step, int At) FindSteepest(ReadOnlySpan<short> pcm, float before)
    {
        var (steepest, at) = (0f, 0);
        for (var i = 0; i < pcm.Length; i++)
        {
            var step = Math.Abs(pcm[i] - before);
            if (step > steepest)
                (steepest, at) = (step, i);
            before = pcm[i];
        }
        return (steepest, at);
    }
}
