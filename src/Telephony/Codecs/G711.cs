using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Telephony.Codecs;

/// <summary>The two companding laws of ITU-T G.711.</summary>
public enum G711Law
{
    /// <summary>Mu-law, PCMU: North America and Japan.</summary>
    MuLaw,

    /// <summary>A-law, PCMA: the rest of the world.</summary>
    ALaw,
}

/// <summary>ITU-T G.711: PCM16 samples to 8-bit codes and back, bit-exact with the ITU's software library (G.191).</summary>
/// <remarks>
/// A code is sign, segment, and position in the segment: the exponent and the top four mantissa bits of a binary floating-point number.
/// So the vector paths let the processor convert to float and read the code out of the bits; magnitudes are below 2^13, hence exact.
/// Magnitudes are ones' complements, as in G.191: a sample on a decision value belongs to the interval above it.
/// </remarks>
public static class G711
{
    /// <summary>G.711 mu-law magnitudes carry a bias that makes every segment a power of two; 14-bit scale.</summary>
    private const int MuLawBias = 33;
    private const int MuLawMaxMagnitude = 0x1FFF;

    /// <summary>First magnitude above A-law's linear part, which spans the two lowest segments; 12-bit scale.</summary>
    private const int ALawLinearEnd = 32;

    /// <summary>Shifts a single's bits so that its exponent and its top four mantissa bits remain.</summary>
    private const int ToCodeShift = 19;

    private static readonly short[] MuLawPcm = BuildTable(ExpandMuLaw);
    private static readonly short[] ALawPcm = BuildTable(ExpandALaw);

    /// <summary>The code of one sample, mu-law.</summary>
    public static byte EncodeMuLaw(short pcm)
    {
        var magnitude = Math.Min(((pcm ^ (pcm >> 15)) >> 2) + MuLawBias, MuLawMaxMagnitude);
        var exponent = BitOperations.Log2((uint)magnitude);   // 5 to 12
        var code = ((exponent - 5) << 4) | ((magnitude >> (exponent - 4)) & 0x0F);
        return (byte)(code ^ (pcm < 0 ? 0x7F : 0xFF));
    }

    /// <summary>The code of one sample, A-law.</summary>
    public static byte EncodeALaw(short pcm)
    {
        var magnitude = (pcm ^ (pcm >> 15)) >> 4;
        var code = magnitude;
        if (magnitude >= ALawLinearEnd)
        {
            var exponent = BitOperations.Log2((uint)magnitude);   // 5 to 10
            code = ((exponent - 3) << 4) | ((magnitude >> (exponent - 4)) & 0x0F);
        }
        return (byte)(code ^ (pcm < 0 ? 0x55 : 0xD5));
    }

    /// <summary>The sample of one code, mu-law.</summary>
    public static short DecodeMuLaw(byte code) => MuLawPcm[code];

    /// <summary>The sample of one code, A-law.</summary>
    public static short DecodeALaw(byte code) => ALawPcm[code];

    /// <summary>Encodes all samples, mu-law.</summary>
    /// <exception cref="ArgumentException"><paramref name="codes"/> is shorter than <paramref name="pcm"/>.</exception>
    public static void EncodeMuLaw(ReadOnlySpan<short> pcm, Span<byte> codes)
    {
        codes = codes[..pcm.Length];
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= pcm.Length - Vector256<short>.Count; i += Vector256<short>.Count)
            {
                var (low, high) = Vector256.Widen(Vector256.Create(pcm[i..]));
                Store(MuLawCodes(low), MuLawCodes(high), codes[i..]);
            }
        }
        for (; i < pcm.Length; i++)
            codes[i] = EncodeMuLaw(pcm[i]);
    }

    /// <summary>Encodes all samples, A-law.</summary>
    /// <exception cref="ArgumentException"><paramref name="codes"/> is shorter than <paramref name="pcm"/>.</exception>
    public static void EncodeALaw(ReadOnlySpan<short> pcm, Span<byte> codes)
    {
        codes = codes[..pcm.Length];
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= pcm.Length - Vector256<short>.Count; i += Vector256<short>.Count)
            {
                var (low, high) = Vector256.Widen(Vector256.Create(pcm[i..]));
                Store(ALawCodes(low), ALawCodes(high), codes[i..]);
            }
        }
        for (; i < pcm.Length; i++)
            codes[i] = EncodeALaw(pcm[i]);
    }

    /// <summary>Decodes all codes, mu-law.</summary>
    /// <exception cref="ArgumentException"><paramref name="pcm"/> is shorter than <paramref name="codes"/>.</exception>
    public static void DecodeMuLaw(ReadOnlySpan<byte> codes, Span<short> pcm) => Decode(MuLawPcm, codes, pcm);

    /// <summary>Decodes all codes, A-law.</summary>
    /// <exception cref="ArgumentException"><paramref name="pcm"/> is shorter than <paramref name="codes"/>.</exception>
    public static void DecodeALaw(ReadOnlySpan<byte> codes, Span<short> pcm) => Decode(ALawPcm, codes, pcm);

    private static Vector256<int> MuLawCodes(Vector256<int> pcm)
    {
        var sign = pcm >> 31;
        var magnitude = Vector256.Min(((pcm ^ sign) >> 2) + Vector256.Create(MuLawBias), Vector256.Create(MuLawMaxMagnitude));
        var code = (Vector256.ConvertToSingle(magnitude).AsInt32() >> ToCodeShift) - Vector256.Create((127 + 5) << 4);
        return code ^ Vector256.Create(0xFF) ^ (sign & Vector256.Create(0x80));
    }

    private static Vector256<int> ALawCodes(Vector256<int> pcm)
    {
        var sign = pcm >> 31;
        var magnitude = (pcm ^ sign) >> 4;
        var code = (Vector256.ConvertToSingle(magnitude).AsInt32() >> ToCodeShift) - Vector256.Create((127 + 3) << 4);
        code = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(ALawLinearEnd)), magnitude, code);
        return code ^ Vector256.Create(0xD5) ^ (sign & Vector256.Create(0x80));
    }

    private static void Store(Vector256<int> low, Vector256<int> high, Span<byte> codes)
    {
        var words = Vector256.Narrow(low, high).AsUInt16();
        Vector128.Narrow(words.GetLower(), words.GetUpper()).CopyTo(codes);
    }

    private static void Decode(short[] table, ReadOnlySpan<byte> codes, Span<short> pcm)
    {
        pcm = pcm[..codes.Length];
        ref var first = ref MemoryMarshal.GetArrayDataReference(table);
        for (var i = 0; i < codes.Length; i++)
            pcm[i] = Unsafe.Add(ref first, codes[i]);
    }

    // G.711 table 2: the middle of the interval, all bits of the code inverted on the line.
    private static short ExpandMuLaw(int code)
    {
        var bits = ~code & 0x7F;
        var magnitude = ((((bits & 0x0F) << 1) + MuLawBias) << (bits >> 4)) - MuLawBias;
        return (short)((code & 0x80) != 0 ? magnitude << 2 : -(magnitude << 2));
    }

    // G.711 table 1: the middle of the interval, every second bit of the code inverted on the line.
    private static short ExpandALaw(int code)
    {
        var bits = (code ^ 0x55) & 0x7F;
        var segment = bits >> 4;
        var position = ((bits & 0x0F) << 1) + 1;
        var magnitude = segment == 0 ? position : (position + 32) << (segment - 1);
        return (short)((code & 0x80) != 0 ? magnitude << 3 : -(magnitude << 3));
    }

    private static short[] BuildTable(Func<int, short> expand)
    {
        var table = new short[256];
        for (var code = 0; code < table.Length; code++)
            table[code] = expand(code);
        return table;
    }
}
