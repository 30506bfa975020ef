using System.Runtime.Intrinsics;

namespace Telephony.Codecs;

/// <summary>G.711 for 16 samples at once: the inner loops of <see cref="G711"/>.</summary>
/// <remarks>
/// A code is sign, segment, and position in the segment: the sign, the exponent and the top four mantissa bits of a binary
/// floating-point number. So the processor converts between integers and floats, and the codes are cut out of the floats' bits or
/// put into them; all magnitudes are below 2^15 and exact.
/// </remarks>
internal static class G711Vector
{
    /// <summary>Bits of a single below its exponent and its top four mantissa bits.</summary>
    private const int CodeShift = 19;

    /// <summary>Half a step of the position: a code decodes to the middle of its interval.</summary>
    private const int HalfStep = 1 << (CodeShift - 1);

    // Exponent of a single (its bias is 127) where segment 0 would begin; as the upper part of a code.
    private const int MuLawEncodeBase = (127 + 5) << 4;
    private const int ALawEncodeBase = (127 + 3) << 4;
    private const int MuLawDecodeBase = 127 + 5;
    private const int ALawDecodeBase = 127 + 7;   // in units of PCM16, 16 times those of the encoder

    /// <summary>Encodes the first 16 samples, mu-law.</summary>
    public static void EncodeMuLaw(ReadOnlySpan<short> pcm, Span<byte> codes)
    {
        var (low, high) = Vector256.Widen(Vector256.Create(pcm));
        Narrow(MuLawCodes(low), MuLawCodes(high)).CopyTo(codes);
    }

    /// <summary>Encodes the first 16 samples, A-law.</summary>
    public static void EncodeALaw(ReadOnlySpan<short> pcm, Span<byte> codes)
    {
        var (low, high) = Vector256.Widen(Vector256.Create(pcm));
        Narrow(ALawCodes(low), ALawCodes(high)).CopyTo(codes);
    }

    /// <summary>Decodes the first 16 codes, mu-law.</summary>
    public static void DecodeMuLaw(ReadOnlySpan<byte> codes, Span<short> pcm)
    {
        var (low, high) = Widen(codes);
        Vector256.Narrow(MuLawPcm(low), MuLawPcm(high)).CopyTo(pcm);
    }

    /// <summary>Decodes the first 16 codes, A-law.</summary>
    public static void DecodeALaw(ReadOnlySpan<byte> codes, Span<short> pcm)
    {
        var (low, high) = Widen(codes);
        Vector256.Narrow(ALawPcm(low), ALawPcm(high)).CopyTo(pcm);
    }

    private static Vector256<int> MuLawCodes(Vector256<int> pcm)
    {
        var sign = pcm >> 31;
        var magnitude = Vector256.Min(((pcm ^ sign) >> 2) + Vector256.Create(G711.MuLawBias), Vector256.Create(G711.MuLawMaxMagnitude));
        var code = (Vector256.ConvertToSingle(magnitude).AsInt32() >> CodeShift) - Vector256.Create(MuLawEncodeBase);
        return code ^ Vector256.Create(0xFF) ^ (sign & Vector256.Create(0x80));
    }

    private static Vector256<int> ALawCodes(Vector256<int> pcm)
    {
        var sign = pcm >> 31;
        var magnitude = (pcm ^ sign) >> 4;
        var code = (Vector256.ConvertToSingle(magnitude).AsInt32() >> CodeShift) - Vector256.Create(ALawEncodeBase);
        code = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(G711.ALawLinearEnd)), magnitude, code);
        return code ^ Vector256.Create(0xD5) ^ (sign & Vector256.Create(0x80));
    }

    private static Vector256<int> MuLawPcm(Vector256<int> codes)
    {
        var bits = ~codes & Vector256.Create(0x7F);
        var single = (bits << CodeShift) + Vector256.Create((MuLawDecodeBase << 23) + HalfStep);
        var magnitude = (Vector256.ConvertToInt32(single.AsSingle()) - Vector256.Create(G711.MuLawBias)) << 2;
        return WithSign(magnitude, codes);
    }

    private static Vector256<int> ALawPcm(Vector256<int> codes)
    {
        var bits = (codes ^ Vector256.Create(0x55)) & Vector256.Create(0x7F);
        var single = (bits << CodeShift) + Vector256.Create((ALawDecodeBase << 23) + HalfStep);
        var linear = (bits << 4) + Vector256.Create(8);
        var isLinear = Vector256.LessThan(bits, Vector256.Create(16));
        return WithSign(Vector256.ConditionalSelect(isLinear, linear, Vector256.ConvertToInt32(single.AsSingle())), codes);
    }

    // The uppermost bit of a code is set for positive samples in both laws.
    private static Vector256<int> WithSign(Vector256<int> magnitude, Vector256<int> codes)
    {
        var isPositive = (codes << 24) >> 31;
        return (magnitude ^ ~isPositive) + (isPositive + Vector256<int>.One);
    }

    private static Vector128<byte> Narrow(Vector256<int> low, Vector256<int> high)
    {
        var words = Vector256.Narrow(low, high).AsUInt16();
        return Vector128.Narrow(words.GetLower(), words.GetUpper());
    }

    private static (Vector256<int> Low, Vector256<int> High) Widen(ReadOnlySpan<byte> codes)
    {
        var (first, second) = Vector128.Widen(Vector128.Create(codes));
        var (low, high) = Vector256.Widen(Vector256.Create(first, second).AsInt16());
        return (low, high);
    }
}
