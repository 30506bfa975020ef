using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Telephony.Sip.Authentication;

/// <summary>SHA-512/256 (FIPS 180-4 section 6.7), which digest authentication knows and the platform's library does not have.</summary>
/// <remarks>SHA-512 from initial values of its own, cut to 256 bits. Hashes a few lines of text per login; it is not made for bulk.</remarks>
internal static class Sha512Truncated
{
    /// <summary>Length of a hash.</summary>
    public const int HashBytes = 32;

    private const int BlockBytes = 128;
    private const int LengthBytes = 16;

    // Fractions of the cube roots of the first 80 primes (section 4.2.3).
    private static readonly ulong[] RoundConstants =
    [
        0x428A2F98D728AE22, 0x7137449123EF65CD, 0xB5C0FBCFEC4D3B2F, 0xE9B5DBA58189DBBC, 0x3956C25BF348B538,
        0x59F111F1B605D019, 0x923F82A4AF194F9B, 0xAB1C5ED5DA6D8118, 0xD807AA98A3030242, 0x12835B0145706FBE,
        0x243185BE4EE4B28C, 0x550C7DC3D5FFB4E2, 0x72BE5D74F27B896F, 0x80DEB1FE3B1696B1, 0x9BDC06A725C71235,
        0xC19BF174CF692694, 0xE49B69C19EF14AD2, 0xEFBE4786384F25E3, 0x0FC19DC68B8CD5B5, 0x240CA1CC77AC9C65,
        0x2DE92C6F592B0275, 0x4A7484AA6EA6E483, 0x5CB0A9DCBD41FBD4, 0x76F988DA831153B5, 0x983E5152EE66DFAB,
        0xA831C66D2DB43210, 0xB00327C898FB213F, 0xBF597FC7BEEF0EE4, 0xC6E00BF33DA88FC2, 0xD5A79147930AA725,
        0x06CA6351E003826F, 0x142929670A0E6E70, 0x27B70A8546D22FFC, 0x2E1B21385C26C926, 0x4D2C6DFC5AC42AED,
        0x53380D139D95B3DF, 0x650A73548BAF63DE, 0x766A0ABB3C77B2A8, 0x81C2C92E47EDAEE6, 0x92722C851482353B,
        0xA2BFE8A14CF10364, 0xA81A664BBC423001, 0xC24B8B70D0F89791, 0xC76C51A30654BE30, 0xD192E819D6EF5218,
        0xD69906245565A910, 0xF40E35855771202A, 0x106AA07032BBD1B8, 0x19A4C116B8D2D0C8, 0x1E376C085141AB53,
        0x2748774CDF8EEB99, 0x34B0BCB5E19B48A8, 0x391C0CB3C5C95A63, 0x4ED8AA4AE3418ACB, 0x5B9CCA4F7763E373,
        0x682E6FF3D6B2B8A3, 0x748F82EE5DEFB2FC, 0x78A5636F43172F60, 0x84C87814A1F0AB72, 0x8CC702081A6439EC,
        0x90BEFFFA23631E28, 0xA4506CEBDE82BDE9, 0xBEF9A3F7B2C67915, 0xC67178F2E372532B, 0xCA273ECEEA26619C,
        0xD186B8C721C0C207, 0xEADA7DD6CDE0EB1E, 0xF57D4F7FEE6ED178, 0x06F067AA72176FBA, 0x0A637DC5A2C898A6,
        0x113F9804BEF90DAE, 0x1B710B35131C471B, 0x28DB77F523047D84, 0x32CAAB7B40C72493, 0x3C9EBE0A15C9BEBC,
        0x431D67C49C100D4C, 0x4CC5D4BECB3E42B6, 0x597F299CFC657E2A, 0x5FCB6FAB3AD6FAEC, 0x6C44198C4A475817,
    ];

    // Fractions of the square roots of the first 8 primes (section 5.3.5).
    private static readonly ulong[] Sha512Start =
    [
        0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
        0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
    ];

    private static readonly ulong[] Start = GenerateStart();

    /// <summary>The 32 bytes of the hash.</summary>
    public static byte[] HashData(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[2 * HashBytes];
        Hash(Start, data, hash);
        return hash[..HashBytes].ToArray();
    }

    /// <summary>The initial values are what SHA-512 with changed ones makes of the algorithm's name (section 5.3.6).</summary>
    private static ulong[] GenerateStart()
    {
        var changed = Array.ConvertAll(Sha512Start, value => value ^ 0xA5A5A5A5A5A5A5A5);
        Span<byte> hash = stackalloc byte[2 * HashBytes];
        Hash(changed, Encoding.ASCII.GetBytes("SHA-512/256"), hash);
        var start = new ulong[changed.Length];
        for (var i = 0; i < start.Length; i++)
            start[i] = BinaryPrimitives.ReadUInt64BigEndian(hash[(8 * i)..]);
        return start;
    }

    private static void Hash(ulong[] start, ReadOnlySpan<byte> data, Span<byte> hash)
    {
        Span<ulong> state = stackalloc ulong[start.Length];
        start.CopyTo(state);
        var rest = data;
        for (; rest.Length >= BlockBytes; rest = rest[BlockBytes..])
            Compress(state, rest);

        Span<byte> tail = stackalloc byte[2 * BlockBytes];
        tail.Clear();
        rest.CopyTo(tail);
        tail[rest.Length] = 0x80;
        var tailBytes = rest.Length + 1 + LengthBytes <= BlockBytes ? BlockBytes : 2 * BlockBytes;
        BinaryPrimitives.WriteUInt64BigEndian(tail[(tailBytes - 8)..], 8UL * (ulong)data.Length);
        for (var at = 0; at < tailBytes; at += BlockBytes)
            Compress(state, tail[at..]);

        for (var i = 0; i < state.Length; i++)
            BinaryPrimitives.WriteUInt64BigEndian(hash[(8 * i)..], state[i]);
    }

    /// <summary>One block of 128 bytes (section 6.4.2).</summary>
    private static void Compress(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        Span<ulong> schedule = stackalloc ulong[RoundConstants.Length];
        for (var t = 0; t < schedule.Length; t++)
            schedule[t] = t < 16 ? BinaryPrimitives.ReadUInt64BigEndian(block[(8 * t)..]) : Expand(schedule, t);

        ulong a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (var t = 0; t < schedule.Length; t++)
        {
            var first = h + (BitOperations.RotateRight(e, 14) ^ BitOperations.RotateRight(e, 18) ^ BitOperations.RotateRight(e, 41))
                + ((e & f) ^ (~e & g)) + RoundConstants[t] + schedule[t];
            var second = (BitOperations.RotateRight(a, 28) ^ BitOperations.RotateRight(a, 34) ^ BitOperations.RotateRight(a, 39)) + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
        }
        Span<ulong> worked = [a, b, c, d, e, f, g, h];
        for (var i = 0; i < worked.Length; i++)
            state[i] += worked[i];
    }

    private static ulong Expand(ReadOnlySpan<ulong> schedule, int t)
    {
        ulong early = schedule[t - 15], late = schedule[t - 2];
        return (BitOperations.RotateRight(late, 19) ^ BitOperations.RotateRight(late, 61) ^ (late >> 6)) + schedule[t - 7]
            + (BitOperations.RotateRight(early, 1) ^ BitOperations.RotateRight(early, 8) ^ (early >> 7)) + schedule[t - 16];
    }
}
