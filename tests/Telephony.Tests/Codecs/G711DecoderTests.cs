using Support;
using Support.Audio;
using Telephony.Audio;
using Telephony.Codecs;

namespace Telephony.Tests.Codecs;

public class G711DecoderTests
{
    private const int Frame = 160;

    public static TheoryData<string> Names => ["PCMU", "PCMA"];

    [Theory, MemberData(nameof(Names))]
    public void Without_loss_the_decoder_is_the_table(string name)
    {
        var (encoder, decoder) = Coders(name);
        var voice = SyntheticVoice.Create(8000, Frame * 10, seed: 1);
        var (payload, pcm) = (new byte[Frame], new short[Frame]);
        for (var frame = 0; frame < 10; frame++)
        {
            encoder.Encode(voice.AsSpan(frame * Frame, Frame), payload);
            Assert.Equal(Frame, decoder.Decode(payload, pcm));
            Assert.Equal(payload.Select(c => name == "PCMU" ? G711.DecodeMuLaw(c) : G711.DecodeALaw(c)), pcm);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_lost_frame_of_a_tone_sounds_like_the_tone(string name)
    {
        var (encoder, decoder) = Coders(name);
        var tone = Tone.Sine(8000, 500, Frame * 10, 8000);
        var (payload, pcm) = (new byte[Frame], new short[Frame]);
        for (var frame = 0; frame < 9; frame++)
        {
            encoder.Encode(tone.AsSpan(frame * Frame, Frame), payload);
            decoder.Decode(payload, pcm);
        }
        decoder.Conceal(pcm);
        Assert.InRange(Tone.Amplitude(pcm, 8000, 500), 7500, 8100);
    }

    [Theory, MemberData(nameof(Names))]
    public void Any_bytes_of_any_length_are_decoded(string name)
    {
        var random = new Random(1);
        var (_, decoder) = Coders(name);
        var pcm = new short[2000];
        for (var round = 0; round < 1000; round++)
        {
            var payload = new byte[random.Next(0, 2000)];
            random.NextBytes(payload);
            Assert.Equal(payload.Length, decoder.Decode(payload, pcm));
            if (random.Next(4) == 0)
                decoder.Conceal(pcm.AsSpan(0, random.Next(0, 500)));
        }
    }

    /// <summary>Goal B25.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Sine_through_the_whole_path_keeps_33_dB_above_all_noise(string name)
    {
        CodecCatalog.TryFind(name, 8000, out var codec);
        for (var dbm0 = -30; dbm0 <= 0; dbm0++)
        {
            foreach (var frequencyHz in new[] { 420, 1013, 2039, 3001 })
            {
                var snr = G711Meter.SnrDb(codec!, frequencyHz, dbm0);
                Assert.True(snr >= 33, $"{name}, {frequencyHz} Hz, {dbm0} dBm0: {snr:F1} dB");
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Coding_allocates_nothing(string name)
    {
        var (encoder, decoder) = Coders(name);
        var voice = SyntheticVoice.Create(8000, Frame, seed: 1);
        var (payload, pcm) = (new byte[Frame], new short[Frame]);
        Assert.Equal(0, Allocations.Of(() =>
        {
            encoder.Encode(voice, payload);
            decoder.Decode(payload, pcm);
            decoder.Conceal(pcm);
        }));
        Assert.True(PcmLevel.Rms(pcm) > 0);
    }

    private static (IAudioEncoder Encoder, IAudioDecoder Decoder) Coders(string name)
    {
        Assert.True(CodecCatalog.TryFind(name, 8000, out var codec));
        return (CodecCatalog.CreateEncoder(codec), CodecCatalog.CreateDecoder(codec));
    }
}
