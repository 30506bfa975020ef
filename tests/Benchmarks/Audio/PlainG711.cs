using AudioMeasures;
using Support;
using Telephony.Codecs;

namespace Benchmarks.Audio;

/// <summary>G.711 as the ITU's software library writes it, segment by segment: what the speed is compared with.</summary>
internal static class PlainG711
{
    public static void EncodeMuLaw(ReadOnlySpan<short> pcm, Span<byte> codes)
    {
        for (var i = 0; i < pcm.Length; i++)
        {
            var magnitude = Math.Min(((pcm[i] < 0 ? ~pcm[i] : pcm[i]) >> 2) + 33, 0x1FFF);
            var segment = 1;
            for (var rest = magnitude >> 6; rest != 0; rest >>= 1)
                segment++;
            var code = ((8 - segment) << 4) | (0x0F - ((magnitude >> segment) & 0x0F));
            codes[i] = (byte)(pcm[i] < 0 ? code : code | 0x80);
        }
    }

    public static void DecodeMuLaw(ReadOnlySpan<byte> codes, Span<short> pcm)
    {
        for (var i = 0; i < codes.Length; i++)
        {
            var bits = ~codes[i] & 0x7F;
            var magnitude = (((((bits & 0x0F) << 1) + 33) << (bits >> 4)) - 33) << 2;
            pcm[i] = (short)(codes[i] >= 0x80 ? magnitude : -magnitude);
        }
    }

    public static void EncodeALaw(ReadOnlySpan<short> pcm, Span<byte> codes)
    {
        for (var i = 0; i < pcm.Length; i++)
        {
            var code = (pcm[i] < 0 ? ~pcm[i] : pcm[i]) >> 4;
            if (code > 15)
            {
                var segment = 1;
                for (; code > 31; code >>= 1)
                    segment++;
                code += (segment << 4) - 16;
            }
            codes[i] = (byte)((pcm[i] < 0 ? code : code | 0x80) ^ 0x55);
        }
    }

    public static void DecodeALaw(ReadOnlySpan<byte> codes, Span<short> pcm)
    {
        for (var i = 0; i < codes.Length; i++)
        {
            var bits = (codes[i] ^ 0x55) & 0x7F;
            var magnitude = ((bits & 0x0F) << 4) + 8;
            if (bits >= 16)
                magnitude = (magnitude + 256) << ((bits >> 4) - 1);
            pcm[i] = (short)(codes[i] >= 0x80 ? magnitude : -magnitude);
        }
    }

    /// <summary>Signal to all other power of one second of sine, coded and decoded at 8 kHz and nothing else.</summary>
    public static double SnrDb(AudioCodec codec, int frequencyHz, double dbm0)
    {
        // A sine that just reaches the coder's limit has 3.17 dBm0 in mu-law, 3.14 in A-law (G.711 tables 1 and 2).
        var isMuLaw = codec == CodecCatalog.Pcmu;
        var pcm = Tone.Sine(8000, frequencyHz, 8000, 32_768 * Math.Pow(10, (dbm0 - (isMuLaw ? 3.17 : 3.14)) / 20));
        var codes = new byte[pcm.Length];
        if (isMuLaw)
        {
            EncodeMuLaw(pcm, codes);
            DecodeMuLaw(codes, pcm);
        }
        else
        {
            EncodeALaw(pcm, codes);
            DecodeALaw(codes, pcm);
        }
        return SineFit.Of(pcm, 8000, frequencyHz).SnrDb;
    }
}
