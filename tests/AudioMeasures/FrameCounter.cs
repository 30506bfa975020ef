namespace AudioMeasures;

/// <summary>Audio in which every 20 ms frame carries its number, so that loss, repeats, order and delay are exact on the far side of any waveform codec.</summary>
/// <remarks>
/// A frame is 160 units long (a unit is a sample at 8 kHz): 14 up, 14 down, which occurs nowhere else; then 22 bits of three units up and three down, or the other way
/// round: 16 of the number and 6 of a check. So it has no direct current, and its energy lies below 3 kHz.
/// </remarks>
public static class FrameCounter
{
    /// <summary>Frames after which the numbers begin anew.</summary>
    public const int Numbers = 1 << 16;

    private const int UnitsPerFrame = 160;
    private const int MarkUnits = 14;
    private const int BitUnits = 3;
    private const int NumberBits = 16;
    private const int CheckBits = 6;
    private const double WantedMark = 0.6;

    /// <summary>Samples of a frame at that rate.</summary>
    public static int FrameSamples(int sampleRateHz) => sampleRateHz / 50;

    /// <summary>Writes a frame.</summary>
    /// <param name="frame">20 ms at 8, 16, 24 or 48 kHz.</param>
    /// <param name="number">Its number, below <see cref="Numbers"/>.</param>
    /// <param name="amplitude">Peak amplitude.</param>
    public static void Write(Span<short> frame, int number, short amplitude = 8_000)
    {
        var scale = frame.Length / UnitsPerFrame;
        for (var i = 0; i < frame.Length; i++)
            frame[i] = IsUp(i / scale, number) ? amplitude : (short)-amplitude;
    }

    /// <summary>A row of frames.</summary>
    public static short[] Create(int sampleRateHz, int firstNumber, int frames, short amplitude = 8_000)
    {
        var size = FrameSamples(sampleRateHz);
        var pcm = new short[frames * size];
        for (var i = 0; i < frames; i++)
            Write(pcm.AsSpan(i * size, size), (firstNumber + i) % Numbers, amplitude);
        return pcm;
    }

    /// <summary>Finds all whole frames, in the order in which they were heard.</summary>
    /// <param name="pcm">Mono PCM16.</param>
    /// <param name="sampleRateHz">8, 16, 24 or 48 kHz.</param>
    public static List<CountedFrame> Read(ReadOnlySpan<short> pcm, int sampleRateHz)
    {
        var found = new List<CountedFrame>();
        var scale = sampleRateHz / 8000;
        var sums = RunningSums(pcm);
        for (var at = 0; at + UnitsPerFrame * scale <= pcm.Length; at++)
        {
            if (Mark(sums, at, scale) < WantedMark)
                continue;
            at = BestNear(sums, at, scale);
            if (Number(sums, at, scale) is not { } number)
                continue;
            found.Add(new CountedFrame(number, at));
            at += MarkUnits * scale;
        }
        return found;
    }

    private static bool IsUp(int unit, int number)
    {
        if (unit < 2 * MarkUnits)
            return unit < MarkUnits;
        var (bit, part) = Math.DivRem(unit - 2 * MarkUnits, 2 * BitUnits);
        var isOne = ((Word(number) >> bit) & 1) != 0;
        return isOne == (part < BitUnits);
    }

    private static uint Word(int number) => (uint)number | (Check(number) << NumberBits);

    private static uint Check(int number) => (uint)number * 2_654_435_761u >> (32 - CheckBits);

    private static (long[] Signed, long[] Magnitude) RunningSums(ReadOnlySpan<short> pcm)
    {
        var (signed, magnitude) = (new long[pcm.Length + 1], new long[pcm.Length + 1]);
        for (var i = 0; i < pcm.Length; i++)
        {
            signed[i + 1] = signed[i] + pcm[i];
            magnitude[i + 1] = magnitude[i] + Math.Abs((int)pcm[i]);
        }
        return (signed, magnitude);
    }

    // 1 for a perfect mark, 0 for silence.
    private static double Mark((long[] Signed, long[] Magnitude) sums, int at, int scale)
    {
        var half = MarkUnits * scale;
        if (at + 2 * half >= sums.Signed.Length)
            return 0;
        double up = sums.Signed[at + half] - sums.Signed[at], down = sums.Signed[at + half] - sums.Signed[at + 2 * half];
        double all = sums.Magnitude[at + 2 * half] - sums.Magnitude[at];
        return all < half ? 0 : Math.Min(up, down) * 2 / all;
    }

    private static int BestNear((long[] Signed, long[] Magnitude) sums, int at, int scale)
    {
        var (best, highest) = (at, 0L);
        var half = MarkUnits * scale;
        for (var tried = at; tried < at + half && tried + UnitsPerFrame * scale < sums.Signed.Length; tried++)
        {
            var height = 2 * sums.Signed[tried + half] - sums.Signed[tried] - sums.Signed[tried + 2 * half];
            if (height > highest)
                (best, highest) = (tried, height);
        }
        return best;
    }

    private static int? Number((long[] Signed, long[] Magnitude) sums, int at, int scale)
    {
        var word = 0u;
        for (var bit = 0; bit < NumberBits + CheckBits; bit++)
        {
            var start = at + (2 * MarkUnits + 2 * BitUnits * bit) * scale;
            var middle = start + BitUnits * scale;
            if (2 * sums.Signed[middle] - sums.Signed[start] - sums.Signed[middle + BitUnits * scale] > 0)
                word |= 1u << bit;
        }
        var number = (int)(word & (Numbers - 1));
        return word == Word(number) ? number : null;
    }
}

/// <summary>A frame that was heard.</summary>
/// <param name="Number">Its number.</param>
/// <param name="At">Its first sample in what was heard.</param>
public readonly record struct CountedFrame(int Number, int At);
