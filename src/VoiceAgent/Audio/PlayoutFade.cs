namespace VoiceAgent.Audio;

/// <summary>Rounds the edges of <see cref="PlayoutBuffer"/>: an end that comes unasked is faded over 10 ms and a start in the middle over 8 ms, so that neither clicks.</summary>
/// <remarks>Owned by the media thread. Allocates only when built.</remarks>
internal sealed class PlayoutFade
{
    /// <summary>10 ms at 24 kHz: over 8 ms some cuts of a loud voice still make a step of their own.</summary>
    public const int OutSamples = 240;

    /// <summary>8 ms at 24 kHz: over 5 ms a loud voice's start makes steps of its own.</summary>
    public const int InSamples = 192;

    private static readonly float[] Falling = Flatter(HalfCosine(OutSamples));
    private static readonly float[] Rising = [.. HalfCosine(InSamples).Reverse()];

    private readonly short[] _tail = new short[OutSamples];   // the last samples before the frame at hand

    /// <summary>True while the sound that went out last has not been brought to silence.</summary>
    public bool IsSounding { get; private set; }

    /// <summary>Notes a frame that is full of audio.</summary>
    public void Remember(ReadOnlySpan<short> frame)
    {
        IsSounding = true;
        if (frame.Length >= OutSamples)
        {
            frame[^OutSamples..].CopyTo(_tail);
            return;
        }
        _tail.AsSpan(frame.Length).CopyTo(_tail);
        frame.CopyTo(_tail.AsSpan(OutSamples - frame.Length));
    }

    /// <summary>Brings the sound to silence at <paramref name="end"/>; where audio is missing its mirror image goes on, which has no step.</summary>
    /// <param name="frame">Holds <paramref name="filled"/> samples of audio.</param>
    /// <param name="filled">Samples of audio in the frame; at most <see cref="OutSamples"/> below <paramref name="end"/>.</param>
    /// <param name="end">Where silence begins, inside the frame.</param>
    public void Out(Span<short> frame, int filled, int end)
    {
        for (var i = filled; i < end; i++)
        {
            var mirrored = 2 * filled - 1 - i;
            frame[i] = mirrored >= 0 ? frame[mirrored] : _tail[OutSamples + mirrored];
        }
        Scale(frame[..end], Falling, Math.Max(0, end - OutSamples));
        Array.Clear(_tail);
        IsSounding = false;
    }

    /// <summary>Softens the first 8 ms after a gap.</summary>
    public static void In(Span<short> audio) => Scale(audio[..Math.Min(audio.Length, InSamples)], Rising, 0);

    private static void Scale(Span<short> audio, float[] curve, int start)
    {
        // A stretch shorter than the curve takes the curve's steps in larger strides.
        var step = (float)curve.Length / (audio.Length - start);
        for (var i = start; i < audio.Length; i++)
            audio[i] = (short)(audio[i] * curve[(int)((i - start) * step)]);
    }

    private static float[] HalfCosine(int samples)
    {
        var curve = new float[samples];
        for (var i = 0; i < samples; i++)
            curve[i] = (float)(0.5 + 0.5 * Math.Cos(Math.PI * (i + 1) / samples));
        return curve;
    }

    // A line halfway into it makes it flatter in the middle, where its own slope adds to the voice's.
    private static float[] Flatter(float[] curve)
    {
        for (var i = 0; i < curve.Length; i++)
            curve[i] = (curve[i] + 1 - (i + 1f) / curve.Length) / 2;
        return curve;
    }
}
