using Support;
using Support.Audio;
using Telephony.Codecs;

namespace Telephony.Tests.Codecs;

public sealed class L16Tests
{
    [Theory]
    [InlineData(8_000)]
    [InlineData(16_000)]
    public void Samples_come_back_untouched_and_the_upper_byte_is_first(int rateHz)
    {
        Assert.True(CodecCatalog.TryFind("l16", rateHz, out var codec));
        var (encoder, decoder) = (CodecCatalog.CreateEncoder(codec), CodecCatalog.CreateDecoder(codec));
        var pcm = SyntheticVoice.Create(rateHz, rateHz / 50, seed: 1);
        pcm[0] = 0x1234;
        var (payload, heard) = (new byte[encoder.MaxPayloadBytes(pcm.Length)], new short[pcm.Length]);
        Assert.Equal(payload.Length, encoder.Encode(pcm, payload));
        Assert.Equal([0x12, 0x34], payload[..2]);
        Assert.Equal(pcm.Length, decoder.SamplesIn(payload));
        Assert.Equal(pcm.Length, decoder.Decode(payload, heard));
        Assert.Equal(pcm, heard);
        Assert.Equal(0, Allocations.Of(() =>
        {
            encoder.Encode(pcm, payload);
            decoder.Decode(payload, heard);
            decoder.Conceal(heard);
        }, runs: 100));
    }

    [Fact]
    public void Half_a_sample_at_the_end_is_left_out()
    {
        var pcm = new short[2];
        Assert.Equal(1, new L16Decoder(8_000).Decode([0xFF, 0xFE, 0x01], pcm));
        Assert.Equal(-2, pcm[0]);
    }
}
