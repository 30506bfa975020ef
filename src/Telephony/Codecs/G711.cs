using System.Numerics;
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
/// Frames go through <see cref="G711Vector"/>, 16 samples at a time; what is left, and single samples, through the arithmetic here.
/// Magnitudes are ones' complements, as in G.191: a sample on a decision value belongs to the interval above it.
/// </remarks>
public static class G711
{
    /// <summary>G.711 mu-law magnitudes carry a bias that makes every segment a power of two; 14-bit scale.</summary>
    internal const int MuLawBias = 33;
    internal const int MuLawMaxMagnitude = 0x1FFF;

    /// <summary>First magnitude above A-law's linear part, which spans the two lowest segments; 12-bit scale.</summary>
    internal const int ALawLinearEnd = 32;

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
                G711Vector.EncodeMuLaw(pcm[i..], codes[i..]);
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
                G711Vector.EncodeALaw(pcm[i..], codes[i..]);
        }
        for (; i < pcm.Length; i++)
            codes[i] = EncodeALaw(pcm[i]);
    }

    /// <summary>Decodes all codes, mu-law.</summary>
    /// <exception cref="ArgumentException"><paramref name="pcm"/> is shorter than <paramref name="codes"/>.</exception>
    public static void DecodeMuLaw(ReadOnlySpan<byte> codes, Span<short> pcm)
    {
        pcm = pcm[..codes.Length];
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= codes.Length - Vector256<short>.Count; i += Vector256<short>.Count)
                G711Vector.DecodeMuLaw(codes[i..], pcm[i..]);
        }
        for (; i < codes.Length; i++)
            pcm[i] = DecodeMuLaw(codes[i]);
    }

    /// <summary>Decodes all codes, A-law.</summary>
    /// <exception cref="ArgumentException"><paramref name="pcm"/> is shorter than <paramref name="codes"/>.</exception>
    public static void DecodeALaw(ReadOnlySpan<byte> codes, Span<short> pcm)
    {
        pcm = pcm[..codes.Length];
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= codes.Length - Vector256<short>.Count; i += Vector256<short>.Count)
                G711Vector.DecodeALaw(codes[i..], pcm[i..]);
        }
        for (; i < codes.Length; i++)
            pcm[i] = DecodeALaw(codes[i]);
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
