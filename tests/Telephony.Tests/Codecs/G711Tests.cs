using Telephony.Codecs;

namespace Telephony.Tests.Codecs;

public class G711Tests
{
    // Decision values of ITU-T G.711, table 2: 14-bit scale; the first interval is half as wide, so that its middle is 0.
    private static readonly int[] MuLawDecisions = Decisions([2, 4, 8, 16, 32, 64, 128, 256], first: 1);

    // Table 1: 13-bit scale; the two lowest segments have the same step.
    private static readonly int[] ALawDecisions = Decisions([2, 2, 4, 8, 16, 32, 64, 128], first: 2);

    [Fact]
    public void Decision_values_are_those_printed_in_the_recommendation()
    {
        Assert.Equal([0, 1, 3, 31, 95, 223, 479, 991, 2015, 4063, 8159], new[] { 0, 1, 2, 16, 32, 48, 64, 80, 96, 112, 128 }.Select(n => MuLawDecisions[n]));
        Assert.Equal([0, 2, 64, 128, 256, 512, 1024, 2048, 4096], new[] { 0, 1, 32, 48, 64, 80, 96, 112, 128 }.Select(n => ALawDecisions[n]));
    }

    [Fact]
    public void Every_mu_law_code_decodes_to_the_middle_of_its_interval()
    {
        var pcm = new short[256];
        G711.DecodeMuLaw(AllCodes(), pcm);
        for (var code = 0; code < 256; code++)
        {
            var n = 127 - (code & 0x7F);
            var middle = n == 0 ? 0 : (MuLawDecisions[n] + MuLawDecisions[n + 1]) * 4 / 2;
            Assert.Equal((code & 0x80) != 0 ? middle : -middle, pcm[code]);
            Assert.Equal(pcm[code], G711.DecodeMuLaw((byte)code));
        }
    }

    [Fact]
    public void Every_a_law_code_decodes_to_the_middle_of_its_interval()
    {
        var pcm = new short[256];
        G711.DecodeALaw(AllCodes(), pcm);
        for (var code = 0; code < 256; code++)
        {
            var n = (code ^ 0x55) & 0x7F;
            var middle = (ALawDecisions[n] + ALawDecisions[n + 1]) * 8 / 2;
            Assert.Equal((code & 0x80) != 0 ? middle : -middle, pcm[code]);
            Assert.Equal(pcm[code], G711.DecodeALaw((byte)code));
        }
    }

    [Fact]
    public void Every_sample_encodes_to_the_code_of_its_mu_law_interval()
    {
        var pcm = AllSamples();
        var codes = new byte[pcm.Length];
        G711.EncodeMuLaw(pcm, codes);
        for (var i = 0; i < pcm.Length; i++)
        {
            var expected = (byte)((pcm[i] < 0 ? 0x7F : 0xFF) - Interval(MuLawDecisions, pcm[i], unit: 4));
            Assert.True(expected == codes[i] && expected == G711.EncodeMuLaw(pcm[i]), $"{pcm[i]}: {codes[i]:X2}, not {expected:X2}");
        }
    }

    [Fact]
    public void Every_sample_encodes_to_the_code_of_its_a_law_interval()
    {
        var pcm = AllSamples();
        var codes = new byte[pcm.Length];
        G711.EncodeALaw(pcm, codes);
        for (var i = 0; i < pcm.Length; i++)
        {
            var expected = (byte)(Interval(ALawDecisions, pcm[i], unit: 8) ^ (pcm[i] < 0 ? 0x55 : 0xD5));
            Assert.True(expected == codes[i] && expected == G711.EncodeALaw(pcm[i]), $"{pcm[i]}: {codes[i]:X2}, not {expected:X2}");
        }
    }

    [Theory]
    [InlineData(0, 0xFF, 0xD5)]
    [InlineData(-1, 0x7F, 0x55)]
    [InlineData(short.MaxValue, 0x80, 0xAA)]
    [InlineData(short.MinValue, 0x00, 0x2A)]
    public void Well_known_codes(short pcm, byte muLaw, byte aLaw)
    {
        Assert.Equal(muLaw, G711.EncodeMuLaw(pcm));
        Assert.Equal(aLaw, G711.EncodeALaw(pcm));
    }

    [Fact]
    public void Decoded_codes_encode_to_themselves()
    {
        var codes = AllCodes();
        var (pcm, again) = (new short[256], new byte[256]);

        G711.DecodeALaw(codes, pcm);
        G711.EncodeALaw(pcm, again);
        Assert.Equal(codes, again);

        G711.DecodeMuLaw(codes, pcm);
        G711.EncodeMuLaw(pcm, again);
        codes[0x7F] = 0xFF;   // mu-law has two zeros; PCM has one
        Assert.Equal(codes, again);
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(15), InlineData(17), InlineData(161)]
    public void Any_length_is_coded_to_its_last_sample(int length)
    {
        var pcm = AllSamples().Where((_, i) => i % 397 == 0).Take(length).ToArray();
        var (codes, decoded) = (new byte[length + 1], new short[length + 1]);

        G711.EncodeMuLaw(pcm, codes);
        Assert.Equal([.. pcm.Select(G711.EncodeMuLaw), 0], codes);
        G711.EncodeALaw(pcm, codes);
        Assert.Equal([.. pcm.Select(G711.EncodeALaw), 0], codes);
        G711.DecodeALaw(codes.AsSpan(0, length), decoded);
        Assert.Equal([.. codes[..length].Select(G711.DecodeALaw), 0], decoded);
    }

    private static byte[] AllCodes() => [.. Enumerable.Range(0, 256).Select(code => (byte)code)];

    private static short[] AllSamples() => [.. Enumerable.Range(short.MinValue, 65_536).Select(v => (short)v)];

    private static int[] Decisions(int[] steps, int first)
    {
        var decisions = new List<int> { 0, first };
        foreach (var step in steps)
        {
            while (decisions.Count < 16 * Array.LastIndexOf(steps, step) + 17 && decisions.Count < 129)
                decisions.Add(decisions[^1] + step);
        }
        return [.. decisions];
    }

    // A sample on a decision value belongs to the interval above it, on either side of zero.
    private static int Interval(int[] decisions, int pcm, int unit)
    {
        var n = 0;
        while (n < 127 && (pcm >= 0 ? pcm >= decisions[n + 1] * unit : -pcm > decisions[n + 1] * unit))
            n++;
        return n;
    }
}
