using Telephony.Audio;

namespace VoiceAgent.Audio;

/// <summary>Rounds the edges of <see cref="PlayoutBuffer"/>: an end that comes unasked is faded over 10 ms and a start in the middle over 8 ms, so that neither clicks.</summary>
/// <remarks>Owned by the media thread. Allocates only when built.</remarks>
internal sealed class PlayoutFade
{
    /// <summary>10 ms at 24 kHz: over 8 ms some cuts of a loud voice still make a step of their own.</summary>
    public const int OutSamples = 240;

    /// <summary>8 ms at 24 kHz: over 5 ms a loud voice's start makes steps of its own.</summary>
    public const int InSamples = 192;

    // A line but for its ends: where a voice's steepest step happens to be the first of the fade, a curve that falls at once makes it steeper.
    private const int BendSamples = 40;

    // Of the sound at its end: what has no steps, but a level, still falls.
    private const float LeastSlope = 0.01f;

    private static readonly float[] Falling = BentLine(OutSamples);
    private static readonly float[] Rising = [.. HalfCosine(InSamples).Reverse()];

    private readonly VoiceContinuation _continuation = new(PlayoutBuffer.RateHz);
    private readonly short[] _past;   // the last samples before the frame at hand

    /// <summary>Nothing has been heard yet.</summary>
    public PlayoutFade() => _past = new short[_continuation.PastSamples];

    /// <summary>True while the sound that went out last has not been brought to silence.</summary>
    public bool IsSounding { get; private set; }

    /// <summary>Notes a frame that is full of audio.</summary>
    public void Remember(ReadOnlySpan<short> frame)
    {
        IsSounding = true;
        Append(frame, _past, _past);
    }

    /// <summary>The sound has come to silence by itself.</summary>
    public void Forget()
    {
        Array.Clear(_past);
        IsSounding = false;
    }

    /// <summary>Brings the sound to silence at <paramref name="end"/>; where audio is missing, the voice is continued, with no step that it has not made itself.</summary>
    /// <param name="frame">Holds <paramref name="filled"/> samples of audio.</param>
    /// <param name="filled">Samples of audio in the frame; at most <see cref="OutSamples"/> below <paramref name="end"/>.</param>
    /// <param name="end">Where silence begins, inside the frame.</param>
    public void Out(Span<short> frame, int filled, int end)
    {
        if (filled == end)
            Fall(frame[Math.Max(0, end - OutSamples)..end]);
        else
            Continue(frame[..end], filled);
        Forget();
    }

    /// <summary>Softens the first 8 ms after a gap.</summary>
    public static void In(Span<short> audio)
    {
        var start = audio[..Math.Min(audio.Length, InSamples)];
        var step = Stride(Rising, start);
        for (var i = 0; i < start.Length; i++)
            start[i] = (short)(start[i] * Rising[(int)(i * step)]);
    }

    private void Continue(Span<short> frame, int filled)
    {
        Span<short> past = stackalloc short[_past.Length];
        Append(frame[..filled], _past, past);
        var madeUp = frame[filled..];
        _continuation.Continue(past, madeUp);
        Fall(frame[Math.Max(0, frame.Length - OutSamples)..]);
        float before = filled > 0 ? frame[filled - 1] : _past[^1];
        var most = Math.Max(PcmSlope.Steepest(past), LeastSlope * Math.Abs((int)past[^1]));
        PcmSlope.Ease(madeUp, before, most);
        PcmSlope.Limit(madeUp, before, behind: 0, most);
    }

    private static void Append(ReadOnlySpan<short> frame, ReadOnlySpan<short> past, Span<short> joined)
    {
        var kept = frame[Math.Max(0, frame.Length - joined.Length)..];
        past[kept.Length..].CopyTo(joined);
        kept.CopyTo(joined[^kept.Length..]);
    }

    private static void Fall(Span<short> audio)
    {
        // Rounded, not cut off: that would make the first step one unit steeper.
        var step = Stride(Falling, audio);
        for (var i = 0; i < audio.Length; i++)
            audio[i] = (short)MathF.Round(audio[i] * Falling[(int)(i * step)]);
    }

    // A stretch shorter than the curve takes the curve's steps in larger strides.
    private static float Stride(float[] curve, Span<short> audio) => (float)curve.Length / audio.Length;

    private static float[] HalfCosine(int samples)
    {
        var curve = new float[samples];
        for (var i = 0; i < samples; i++)
            curve[i] = (float)(0.5 + 0.5 * Math.Cos(Math.PI * (i + 1) / samples));
        return curve;
    }

    private static float[] BentLine(int samples)
    {
        double[] slopes = [.. Enumerable.Range(0, samples).Select(i => Bend(Math.Min(i, samples - 1 - i)))];
        var (curve, total, fallen) = (new float[samples], slopes.Sum(), 0.0);
        for (var i = 0; i < samples; i++)
            curve[i] = (float)(1 - (fallen += slopes[i]) / total);
        curve[^1] = 0;
        return curve;
    }

    private static double Bend(int fromEnd) => 0.5 - 0.5 * Math.Cos(Math.PI * Math.Min(1, (fromEnd + 0.5) / BendSamples));
}
