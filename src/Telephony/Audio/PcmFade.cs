namespace Telephony.Audio;

/// <summary>Brings audio from and to silence along half a cosine, so that a cut does not click.</summary>
/// <remarks>Allocates nothing; for cuts, not for every packet.</remarks>
internal static class PcmFade
{
    /// <summary>Raises the whole span from silence.</summary>
    public static void In(Span<short> pcm)
    {
        for (var i = 0; i < pcm.Length; i++)
            pcm[i] = Scale(pcm[i], i, pcm.Length);
    }

    /// <summary>Brings the whole span to silence.</summary>
    public static void Out(Span<short> pcm)
    {
        for (var i = 0; i < pcm.Length; i++)
            pcm[^(i + 1)] = Scale(pcm[^(i + 1)], i, pcm.Length);
    }

    private static short Scale(short sample, int place, int length) => (short)(sample * (0.5 - 0.5 * Math.Cos(Math.PI * place / length)));
}
