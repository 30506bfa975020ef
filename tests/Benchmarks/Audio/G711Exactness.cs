using Telephony.Codecs;

namespace Benchmarks.Audio;

/// <summary>B25: G.711 next to the ITU's arithmetic written plainly, for every sample and every code.</summary>
internal static class G711Exactness
{
    private delegate void Coding<TFrom, TTo>(ReadOnlySpan<TFrom> from, Span<TTo> to);

    public static IEnumerable<FigureRow> Measure()
    {
        short[] samples = [.. Enumerable.Range(short.MinValue, 65_536).Select(sample => (short)sample)];
        byte[] codes = [.. Enumerable.Range(0, 256).Select(code => (byte)code)];
        yield return Row("PCMU",
            Differences<short, byte>(samples, G711.EncodeMuLaw, PlainG711.EncodeMuLaw), Differences<byte, short>(codes, G711.DecodeMuLaw, PlainG711.DecodeMuLaw));
        yield return Row("PCMA",
            Differences<short, byte>(samples, G711.EncodeALaw, PlainG711.EncodeALaw), Differences<byte, short>(codes, G711.DecodeALaw, PlainG711.DecodeALaw));
    }

    private static int Differences<TFrom, TTo>(TFrom[] input, Coding<TFrom, TTo> ours, Coding<TFrom, TTo> plain)
    {
        var (measured, expected) = (new TTo[input.Length], new TTo[input.Length]);
        ours(input, measured);
        plain(input, expected);
        return measured.Zip(expected).Count(pair => !Equals(pair.First, pair.Second));
    }

    private static FigureRow Row(string codec, int encoded, int decoded) =>
        new("B25", $"{codec}: wrong codes of 65,536 samples, wrong samples of 256 codes", "0, 0", $"{encoded}, {decoded}", "ITU-T G.191, written plainly");
}
