using Support;
using Support.Audio;
using Telephony.Codecs.Opus;

namespace Telephony.Tests.Codecs.Opus;

public sealed class OpusCoderTests
{
    private const int SpokenHz = 24_000;
    private const int HeardHz = 16_000;
    private const int Spoken = SpokenHz / 50;
    private const int Heard = HeardHz / 50;

    private static LibOpus Library
    {
        get
        {
            Assert.SkipWhen(LibOpus.Instance is null, "libopus is not installed (apt-get install libopus0).");
            return LibOpus.Instance!;
        }
    }

    [Theory]
    [InlineData(300)]
    [InlineData(1_000)]
    [InlineData(3_400)]
    [InlineData(6_500)]
    public void A_tone_goes_from_24_to_16_kHz_with_its_level(double frequencyHz)
    {
        var heard = RoundTrip(Encode(Tone.Sine(SpokenHz, frequencyHz, 50 * Spoken, 8_000)), lost: -1, withRedundancy: false);
        Assert.InRange(20 * Math.Log10(Tone.Amplitude(heard.AsSpan(20 * Heard, 20 * Heard), HeardHz, frequencyHz) / 8_000), -0.5, 0.5);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(60)]
    public void Every_packet_time_is_one_packet(int ms)
    {
        var (encoder, decoder) = (new OpusEncoder(Library, Encoding()), new OpusDecoder(Library));
        var (payload, pcm) = (new byte[encoder.MaxPayloadBytes(0)], new short[HeardHz * ms / 1000]);
        var bytes = encoder.Encode(SyntheticVoice.Create(SpokenHz, SpokenHz * ms / 1000, seed: 1), payload);
        Assert.Equal(pcm.Length, decoder.SamplesIn(payload.AsSpan(0, bytes)));
        Assert.Equal(pcm.Length, decoder.Decode(payload.AsSpan(0, bytes), pcm));
    }

    /// <summary>Every voiced packet is lost once; what comes back is much nearer to the truth than a guess.</summary>
    [Fact]
    public void A_lost_packet_is_recovered_from_the_next()
    {
        var packets = Encode(SyntheticVoice.Create(SpokenHz, 100 * Spoken, seed: 3));
        var whole = RoundTrip(packets, lost: -1, withRedundancy: false);
        double guessed = 0, recovered = 0;
        for (var lost = 30; lost < 90; lost++)
        {
            guessed += Error(whole, RoundTrip(packets, lost, withRedundancy: false), lost);
            recovered += Error(whole, RoundTrip(packets, lost, withRedundancy: true), lost);
        }
        Assert.True(recovered < 0.5 * guessed, $"error {recovered / guessed:P0} of a guess's");
    }

    [Fact]
    public void A_packet_without_redundancy_recovers_nothing()
    {
        var packets = Encode(SyntheticVoice.Create(SpokenHz, 20 * Spoken, seed: 3), Encoding() with { InBandFec = false });
        var (decoder, pcm) = (new OpusDecoder(Library), new short[Heard]);
        Assert.All(packets, packet => Assert.Equal(0, decoder.Recover(packet, pcm)));
    }

    [Fact]
    public void A_longer_gap_is_filled_whole_and_its_end_recovered()
    {
        var packets = Encode(SyntheticVoice.Create(SpokenHz, 60 * Spoken, seed: 3));
        var decoder = new OpusDecoder(Library);
        var pcm = new short[Heard];
        var behind = packets.FindIndex(40, packet => OpusPacket.TryParse(packet, out var head) && head.HasRedundancy(packet));
        foreach (var packet in packets.Take(behind - 3))
            decoder.Decode(packet, pcm);
        var gap = Enumerable.Repeat((short)12_345, 3 * Heard).ToArray();
        Assert.Equal(0, decoder.Recover(packets[behind], gap.AsSpan(0, Heard - 1)));   // no whole frame
        Assert.Equal(Heard, decoder.Recover(packets[behind], gap));
        Assert.DoesNotContain((short)12_345, gap);
        Assert.Equal(Heard, decoder.Decode(packets[behind], pcm));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(39)]
    [InlineData(320)]
    [InlineData(2_559)]
    public void A_gap_of_any_length_is_concealed(int samples)
    {
        var (decoder, pcm) = (new OpusDecoder(Library), new short[Heard]);
        foreach (var packet in Encode(Tone.Sine(SpokenHz, 400, 30 * Spoken, 8_000)))
            decoder.Decode(packet, pcm);
        var gap = Enumerable.Repeat((short)12_345, samples).ToArray();
        decoder.Conceal(gap);
        Assert.DoesNotContain((short)12_345, gap);
        Assert.Equal(Heard, decoder.Decode(Encode(Tone.Sine(SpokenHz, 400, Spoken, 8_000))[0], pcm));
    }

    /// <summary>The library is the oracle: it takes exactly the packets that are found right, and makes exactly as much of them.</summary>
    [Fact]
    public void Hostile_packets_are_refused_as_the_library_refuses_them()
    {
        var random = new Random(6716);
        var (decoder, state) = (new OpusDecoder(Library), Library.NewDecoder(HeardHz));
        var good = Encode(SyntheticVoice.Create(SpokenHz, 10 * Spoken, seed: 1));
        var (pcm, room) = (new short[2_560], new short[2_560]);
        var right = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var packet = Mutation(random, good);
            var samples = decoder.SamplesIn(packet);
            right += samples > 0 ? 1 : 0;
            Assert.Equal(samples, Math.Max(0, packet.Length == 0 ? 0 : Library.Decode(state, packet, room, isLostBefore: false)));
            Assert.Equal(samples, decoder.Decode(packet, pcm));
            decoder.Recover(packet, pcm.AsSpan(0, Heard));
        }
        Assert.InRange(right, 2_000, 18_000);
    }

    [Fact]
    public void A_packet_of_silence_suppression_is_a_frame_of_its_length()
    {
        var (decoder, pcm) = (new OpusDecoder(Library), new short[Heard]);
        Assert.Equal(Heard, decoder.SamplesIn([0x48]));   // SILK wideband, 20 ms, nothing said
        Assert.Equal(Heard, decoder.Decode([0x48], pcm));
    }

    [Theory]
    [InlineData(8_000, 6_500)]
    [InlineData(8_000, 5_000)]
    public void What_the_peer_does_not_play_is_not_sent(int maxPlaybackRateHz, double frequencyHz)
    {
        var packets = Encode(Tone.Sine(SpokenHz, frequencyHz, 50 * Spoken, 8_000), Encoding() with { MaxPlaybackRateHz = maxPlaybackRateHz });
        var heard = RoundTrip(packets, lost: -1, withRedundancy: false);
        Assert.InRange(Tone.Amplitude(heard.AsSpan(20 * Heard, 20 * Heard), HeardHz, frequencyHz), 0, 400);
    }

    [Theory]
    [InlineData(12_000)]
    [InlineData(40_000)]
    public void The_bitrate_is_kept(int bitrate)
    {
        var packets = Encode(SyntheticVoice.Create(SpokenHz, 200 * Spoken, seed: 1), Encoding() with { BitrateBps = bitrate, InBandFec = false });
        Assert.InRange(packets.Sum(packet => packet.Length) * 8 / 4.0, bitrate * 0.5, bitrate * 1.15);
    }

    [Fact]
    public void Coding_allocates_nothing()
    {
        var (encoder, decoder) = (new OpusEncoder(Library, Encoding()), new OpusDecoder(Library));
        var voice = SyntheticVoice.Create(SpokenHz, Spoken, seed: 1);
        var (payload, pcm, loss) = (new byte[encoder.MaxPayloadBytes(Spoken)], new short[Heard], 0.0);
        Assert.Equal(0, Allocations.Of(() =>
        {
            encoder.ExpectLoss(loss = 0.25 - loss);
            var bytes = encoder.Encode(voice, payload);
            decoder.Recover(payload.AsSpan(0, bytes), pcm);
            decoder.Decode(payload.AsSpan(0, bytes), pcm);
            decoder.Conceal(pcm);
        }, runs: 200));
    }

    [Fact]
    public void A_system_without_the_library_is_no_fault() => Assert.Null(LibOpus.TryLoad("libopus-that-is-not-there.so.0"));

    [Fact]
    public void Another_library_of_that_name_is_no_fault_either() => Assert.Null(LibOpus.TryLoad("libc.so.6"));

    private static OpusEncoding Encoding() => new(Complexity: 5, BitrateBps: 32_000, IsConstantBitrate: false, InBandFec: true, ExpectedLossPercent: 10, MaxPlaybackRateHz: 48_000);

    private static List<byte[]> Encode(short[] spoken, OpusEncoding? encoding = null)
    {
        var encoder = new OpusEncoder(Library, encoding ?? Encoding());
        var payload = new byte[encoder.MaxPayloadBytes(Spoken)];
        return [.. Enumerable.Range(0, spoken.Length / Spoken).Select(i => payload[..encoder.Encode(spoken.AsSpan(i * Spoken, Spoken), payload)])];
    }

    private static short[] RoundTrip(List<byte[]> packets, int lost, bool withRedundancy)
    {
        var decoder = new OpusDecoder(Library);
        var heard = new short[packets.Count * Heard];
        for (var i = 0; i < packets.Count; i++)
        {
            var frame = heard.AsSpan(i * Heard, Heard);
            if (i != lost)
                decoder.Decode(packets[i], frame);
            else if (!withRedundancy || decoder.Recover(packets[i + 1], frame) == 0)
                decoder.Conceal(frame);
        }
        return heard;
    }

    private static double Error(short[] truth, short[] heard, int frame)
    {
        var sum = 0.0;
        for (var i = frame * Heard; i < (frame + 1) * Heard; i++)
            sum += Math.Pow(truth[i] - heard[i], 2);
        return sum;
    }

    private static byte[] Mutation(Random random, List<byte[]> good)
    {
        var packet = random.Next(3) == 0 ? good[random.Next(good.Count)].ToArray() : new byte[random.Next(0, random.Next(2) == 0 ? 40 : 1_281)];
        if (random.Next(3) != 0 || packet.All(b => b == 0))
            random.NextBytes(packet.AsSpan(random.Next(packet.Length + 1)));
        if (packet.Length > 1 && random.Next(4) == 0)
            packet[0] |= 3;   // many frames: the form with most to check
        return random.Next(3) == 0 ? packet[..random.Next(packet.Length + 1)] : packet;
    }
}
