using System.Runtime.Intrinsics;

namespace Telephony.Audio;

/// <summary>Deals samples into three rows, eight of each at once: what <see cref="Resampler"/> does with every frame on its way from 24 to 8 kHz.</summary>
internal static class RowsOfThree
{
    private const int Width = 8;

    /// <summary>Deals as many samples as make whole vectors.</summary>
    /// <param name="samples">First, second, third row, first again.</param>
    /// <param name="rows">Three rows, one behind the other.</param>
    /// <param name="rowSamples">Room of one row.</param>
    /// <returns>Samples dealt, a multiple of three.</returns>
    public static int Deal(ReadOnlySpan<float> samples, Span<float> rows, int rowSamples)
    {
        if (!Vector256.IsHardwareAccelerated)
            return 0;
        var first = rows[..rowSamples];
        var second = rows.Slice(rowSamples, rowSamples);
        var third = rows.Slice(2 * rowSamples, rowSamples);
        var done = 0;
        for (; done <= samples.Length - 3 * Width; done += 3 * Width)
        {
            var a = Vector256.Create(samples[done..]);
            var b = Vector256.Create(samples[(done + Width)..]);
            var c = Vector256.Create(samples[(done + 2 * Width)..]);
            Vector256.Shuffle(Pick(a, b, c, Vector256.Create(-1, 0, 0, -1, 0, 0, -1, 0), Vector256.Create(0, -1, 0, 0, -1, 0, 0, -1)), Vector256.Create(0, 3, 6, 1, 4, 7, 2, 5)).CopyTo(first[(done / 3)..]);
            Vector256.Shuffle(Pick(a, b, c, Vector256.Create(0, -1, 0, 0, -1, 0, 0, -1), Vector256.Create(0, 0, -1, 0, 0, -1, 0, 0)), Vector256.Create(1, 4, 7, 2, 5, 0, 3, 6)).CopyTo(second[(done / 3)..]);
            Vector256.Shuffle(Pick(a, b, c, Vector256.Create(0, 0, -1, 0, 0, -1, 0, 0), Vector256.Create(-1, 0, 0, -1, 0, 0, -1, 0)), Vector256.Create(2, 5, 0, 3, 6, 1, 4, 7)).CopyTo(third[(done / 3)..]);
        }
        return done;
    }

    // Of any three lanes one belongs to a row: the lanes of all three vectors that do are eight, and in eight places.
    private static Vector256<float> Pick(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<int> ofA, Vector256<int> ofB) =>
        Vector256.ConditionalSelect(ofA.AsSingle(), a, Vector256.ConditionalSelect(ofB.AsSingle(), b, c));
}
