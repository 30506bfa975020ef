using System.Runtime.InteropServices;
using Support;
using Support.Audio;
using Telephony.Codecs;

namespace Telephony.Tests.Codecs;

public sealed class G722Tests
{
    private const int Rate = 16_000;
    private const int Frame = 320;

    [Theory]
    [InlineData(320)]
    [InlineData(2)]
    [InlineData(1_000)]
    public void Encoding_is_the_reference_s_to_the_last_bit_however_it_is_cut(int samplesAtOnce)
    {
        var encoder = new G722Encoder();
        var input = Samples("g722-input.s16");
        var codes = new byte[input.Length / 2];
        for (var at = 0; at < input.Length; at += samplesAtOnce)
        {
            var piece = input.AsSpan(at, Math.Min(samplesAtOnce, input.Length - at));
            Assert.Equal(piece.Length / 2, encoder.Encode(piece, codes.AsSpan(at / 2)));
        }
        Assert.Equal(Bytes("g722-input.g722"), codes);
    }

    [Theory]
    [InlineData("g722-input", 160)]
    [InlineData("g722-input", 1)]
    [InlineData("g722-random", 999)]
    public void Decoding_is_the_reference_s_to_the_last_bit_however_it_is_cut(string name, int bytesAtOnce)
    {
        var decoder = new G722Decoder();
        var codes = Bytes(name + ".g722");
        var pcm = new short[2 * codes.Length];
        for (var at = 0; at < codes.Length; at += bytesAtOnce)
        {
            var piece = codes.AsSpan(at, Math.Min(bytesAtOnce, codes.Length - at));
            Assert.Equal(2 * piece.Length, decoder.SamplesIn(piece));
            Assert.Equal(2 * piece.Length, decoder.Decode(piece, pcm.AsSpan(2 * at)));
        }
        Assert.Equal(Samples(name + ".decoded.s16"), pcm);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(1_000)]
    [InlineData(3_400)]
    [InlineData(6_500)]
    public void A_tone_goes_through_with_its_level_in_both_bands(double frequencyHz)
    {
        var tone = Tone.Sine(Rate, frequencyHz, 10 * Frame, 8_000);
        var heard = RoundTrip(tone);
        Assert.InRange(20 * Math.Log10(Tone.Amplitude(heard.AsSpan(Frame), Rate, frequencyHz) / 8_000), -0.5, 0.5);
    }

    [Fact]
    public void A_lost_frame_of_a_tone_sounds_like_the_tone()
    {
        var (encoder, decoder) = (new G722Encoder(), new G722Decoder());
        var tone = Tone.Sine(Rate, 500, Frame * 9, 8_000);
        var (payload, pcm) = (new byte[Frame / 2], new short[Frame]);
        for (var frame = 0; frame < 9; frame++)
        {
            encoder.Encode(tone.AsSpan(frame * Frame, Frame), payload);
            decoder.Decode(payload, pcm);
        }
        decoder.Conceal(pcm);
        Assert.InRange(Tone.Amplitude(pcm, Rate, 500), 7_000, 8_500);
    }

    [Fact]
    public void Coding_allocates_nothing()
    {
        var (encoder, decoder) = (new G722Encoder(), new G722Decoder());
        var voice = SyntheticVoice.Create(Rate, Frame, seed: 1);
        var (payload, pcm) = (new byte[Frame / 2], new short[Frame]);
        Assert.Equal(0, Allocations.Of(() =>
        {
            encoder.Encode(voice, payload);
            decoder.Decode(payload, pcm);
            decoder.Conceal(pcm);
            decoder.Conceal(payload, pcm);
        }));
    }

    [Fact]
    public void Buffers_that_do_not_fit_are_a_bug_of_the_caller()
    {
        Assert.Throws<ArgumentException>(() => new G722Encoder().Encode(new short[3], new byte[3]));
        Assert.Throws<ArgumentException>(() => new G722Encoder().Encode(new short[4], new byte[1]));
        Assert.Throws<ArgumentException>(() => new G722Decoder().Decode(new byte[2], new short[3]));
    }

    private static short[] RoundTrip(short[] pcm)
    {
        var codes = new byte[pcm.Length / 2];
        new G722Encoder().Encode(pcm, codes);
        var heard = new short[pcm.Length];
        new G722Decoder().Decode(codes, heard);
        return heard;
    }

    private static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Repository.Root, "tests/Telephony.Tests/Codecs/Vectors", name));

    private static short[] Samples(string name) => MemoryMarshal.Cast<byte, short>(Bytes(name)).ToArray();
}
