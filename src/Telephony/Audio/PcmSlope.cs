namespace Telephony.Audio;

/// <summary>The steps between samples, by which an ear tells a click: audio that is made up makes none that the voice around it does not make.</summary>
/// <remarks>Allocates nothing.</remarks>
internal static class PcmSlope
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
}
