namespace Telephony.Audio;

/// <summary>Lets a voice last longer, unheard, where its source is about to run dry: one cycle of its pitch is heard twice.</summary>
/// <remarks>
/// As the <c>expand</c> of jitter buffers does before anything is missing: the frame moves over, in its whole length, from itself to what was one cycle before it.
/// Sound that does not repeat itself is left alone, unless nobody can hear it. Owned by the media clock's thread. Allocates only when built.
/// </remarks>
public sealed class PitchStretch
{
    // What a vowel has; a consonant has less, and would be heard twice.
    private const double LeastLikeness = 0.6;

    private const double UnheardDbov = -55;

    private readonly PitchSearch _search;
    private readonly short[] _heard;
    private readonly float[] _past;
    private readonly double _unheardRms = PcmLevel.FromDbov(UnheardDbov);

    /// <param name="sampleRateHz">Rate of all samples, in Hz.</param>
    public PitchStretch(int sampleRateHz)
    {
        _search = new PitchSearch(sampleRateHz);
        _heard = new short[_search.MaxLag];
        _past = new float[_search.PastSamples];
    }

    /// <summary>Notes a frame that is heard.</summary>
    public void Remember(ReadOnlySpan<short> frame)
    {
        var kept = frame[Math.Max(0, frame.Length - _heard.Length)..];
        _heard.AsSpan(kept.Length).CopyTo(_heard);
        kept.CopyTo(_heard.AsSpan(_heard.Length - kept.Length));
    }

    /// <summary>Draws a frame out by one cycle: its last samples are to be heard again behind it.</summary>
    /// <param name="frame">The next 20 ms of the sound; changed where the result is not 0.</param>
    /// <returns>Samples at its end that have not been heard yet: 2.5 to 20 ms of them; 0 where the sound does not repeat itself.</returns>
    public int Stretch(Span<short> frame)
    {
        if (frame.Length != _past.Length - _heard.Length)
            return 0;
        PcmVector.ToSingle(_heard, _past);
        var own = _past.AsSpan(_heard.Length);
        PcmVector.ToSingle(frame, own);
        var lag = _search.FindLag(_past);
        var earlier = _past.AsSpan(_heard.Length - lag, own.Length);
        if (!IsAlike(own, earlier) && PcmLevel.Rms(frame) > _unheardRms)
            return 0;
        for (var i = 0; i < frame.Length; i++)
            frame[i] = PcmVector.ToPcm(own[i] + (i + 1f) / frame.Length * (earlier[i] - own[i]));
        return lag;
    }

    private static bool IsAlike(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        PcmVector.Dot(a, b) >= LeastLikeness * Math.Sqrt((double)PcmVector.Dot(a, a) * PcmVector.Dot(b, b));
}
