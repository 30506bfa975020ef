using Telephony.Codecs;

namespace Telephony.Tests.Codecs;

public class CodecCatalogTests
{
    [Theory]
    [InlineData("PCMU", 0)]
    [InlineData("pcma", 8)]
    public void Names_are_found_without_case(string name, byte payloadType)
    {
        Assert.True(CodecCatalog.TryFind(name, 8000, out var codec));
        Assert.Equal(payloadType, codec.StaticPayloadType);
        Assert.True(CodecCatalog.TryFindStatic(payloadType, out var again));
        Assert.Same(codec, again);
    }

    [Fact]
    public void Telephone_event_is_known_on_its_clock_only_and_has_no_coder()
    {
        Assert.True(CodecCatalog.TryFind("TELEPHONE-EVENT", 8000, out var codec));
        Assert.False(CodecCatalog.TryFind("telephone-event", 48_000, out _));
        Assert.Throws<ArgumentException>(() => CodecCatalog.CreateDecoder(codec));
        Assert.Throws<ArgumentException>(() => CodecCatalog.CreateEncoder(codec));
    }

    [Fact]
    public void Unknown_encodings_are_not_found()
    {
        Assert.False(CodecCatalog.TryFind("G729", 8000, out _));
        Assert.False(CodecCatalog.TryFind("PCMU", 16_000, out _));
        Assert.False(CodecCatalog.TryFindStatic(13, out _));
    }

    [Theory]
    [InlineData("PCMU", 0xFF)]
    [InlineData("PCMA", 0xD5)]
    public void Coders_speak_the_law_of_their_name(string name, byte zero)
    {
        Assert.True(CodecCatalog.TryFind(name, 8000, out var codec));
        var payload = new byte[1];
        Assert.Equal(1, CodecCatalog.CreateEncoder(codec).Encode([0], payload));
        Assert.Equal(zero, payload[0]);

        var decoder = CodecCatalog.CreateDecoder(codec);
        var pcm = new short[1];
        Assert.Equal(1, decoder.SamplesIn(payload));
        Assert.Equal(1, decoder.Decode(payload, pcm));
        Assert.InRange(pcm[0], 0, 8);
    }
}
