namespace Benchmarks.Live;

/// <summary>Caller audio whose every 20 ms frame carries the line's and its own number in the signs of its samples: loss, repeat and order are exact.</summary>
internal static class CountedAudio
{
    /// <summary>Samples of a frame at 16 kHz.</summary>
    public const int FrameSamples = 320;

    // Below every noise floor, and well above.
    private const short Quiet = 8;
    private const short Loud = 6_000;
    private const int Bits = 32;

    /// <summary>Fills one frame.</summary>
    /// <param name="frame">320 samples.</param>
    /// <param name="line">Whose it is, below 65,536.</param>
    /// <param name="number">Which one of the line, below 65,536.</param>
    /// <param name="isLoud">Speech or silence, to who listens by level.</param>
    public static void Write(Span<short> frame, int line, int number, bool isLoud)
    {
        var word = ((uint)line << 16) | (uint)number;
        var amplitude = isLoud ? Loud : Quiet;
        for (var i = 0; i < frame.Length; i++)
            frame[i] = ((word >> (i % Bits)) & 1) != 0 ? amplitude : (short)-amplitude;
    }

    /// <summary>Whose frame it is, and which.</summary>
    public static (int Line, int Number) Read(ReadOnlySpan<short> frame)
    {
        var word = 0u;
        for (var i = 0; i < Bits; i++)
            word |= frame[i] > 0 ? 1u << i : 0;
        return ((int)(word >> 16), (int)(word & 0xFFFF));
    }
}
