using Support;
using Support.Audio;
using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Sdp;
using Telephony.Tests.Rtp;

namespace Telephony.Tests.Media;

public sealed class ReceivePathTests
{
    private const int SinkRate = 16_000;

    public static TheoryData<ushort> FirstSequenceNumbers => SequenceNumberTests.FirstSequenceNumbers;

    [Theory, MemberData(nameof(FirstSequenceNumbers))]
    public void A_packet_in_order_is_heard_the_moment_it_comes(ushort first)
    {
        var receiver = new TestReceiver(first, uint.MaxValue - 400);
        for (var i = 0; i < 10; i++)
        {
            receiver.RunTo(20 * i + 3);
            receiver.Audio(i);
            Assert.Equal(20 * (i + 1), receiver.Sink.Ms);
        }
    }

    [Theory, MemberData(nameof(FirstSequenceNumbers))]
    public void A_lost_packet_is_concealed_and_the_time_line_stays_exact(ushort first)
    {
        var receiver = new TestReceiver(first, uint.MaxValue - 400);
        receiver.Stream(0, 10);
        receiver.RunTo(220);
        receiver.Audio(11);                           // 10 is lost
        Assert.Equal(200, receiver.Sink.Ms);
        receiver.RunTo(245);
        Assert.Equal(240, receiver.Sink.Ms);
        Assert.Equal(1, receiver.Counters.PacketsLost);
        Assert.Equal(20_000, receiver.Counters.ConcealedUs);
        var concealed = receiver.Sink.Samples.AsSpan(200 * 16, 20 * 16);
        Assert.InRange(Tone.Amplitude(concealed, SinkRate, 400), 5_000, 11_000);
    }

    [Fact]
    public void An_overtaken_packet_is_heard_in_its_place()
    {
        var receiver = new TestReceiver();
        receiver.Stream(0, 10);
        receiver.Audio(11);
        receiver.RunTo(210);
        receiver.Audio(10);
        Assert.Equal(240, receiver.Sink.Ms);
        Assert.Equal(0, receiver.Counters.ConcealedUs);
        Assert.InRange(Tone.Amplitude(receiver.Sink.Samples.AsSpan(50 * 16, 180 * 16), SinkRate, 400), 9_800, 10_200);
    }

    [Fact]
    public void A_late_packet_is_dropped_and_counted()
    {
        var receiver = new TestReceiver();
        receiver.Stream(0, 10);
        receiver.Audio(11);
        receiver.RunTo(250);
        receiver.Audio(10);
        Assert.Equal(1, receiver.Counters.PacketsLate);
        Assert.Equal(240, receiver.Sink.Ms);
    }

    [Fact]
    public void Loss_reorder_and_duplicates_over_ten_minutes_keep_the_time_line_within_a_frame()
    {
        var receiver = new TestReceiver(60_000, uint.MaxValue - 100_000);
        var random = new Random(1);
        const int packets = 30_000;
        var arrivals = Enumerable.Range(0, packets).Where(i => i is 0 or packets - 1 || random.NextDouble() > 0.05)
            .SelectMany(i => Enumerable.Repeat(i, random.NextDouble() < 0.02 ? 2 : 1))
            .Select(i => (Index: i, AtMs: 20.0 * i + 20 * random.NextDouble() + (random.NextDouble() < 0.02 ? 50 * random.NextDouble() : 0)))
            .OrderBy(a => a.AtMs).ToList();
        var frame = TestReceiver.ToneFrame(0);
        foreach (var (index, atMs) in arrivals)
        {
            receiver.RunTo(atMs);
            receiver.Audio(index, frame);
        }
        receiver.RunTo(receiver.NowMs + 60);
        Assert.InRange(receiver.Sink.Ms, packets * 20 - 20, packets * 20 + 20);
        Assert.InRange(receiver.Counters.PacketsLost, 1_300, 1_800);
    }

    [Fact]
    public void Silence_flows_in_real_time_while_the_caller_sends_nothing()
    {
        var receiver = new TestReceiver();
        receiver.RunTo(10_000);
        Assert.InRange(receiver.Sink.Ms, 9_860, 9_920);
        Assert.All(receiver.Sink.Samples, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void A_pause_without_packets_is_filled_to_the_timestamp()
    {
        var receiver = new TestReceiver();
        receiver.Stream(0, 10);
        receiver.RunTo(5_000);
        Assert.InRange(receiver.Sink.Ms, 4_860, 4_920);
        receiver.Audio(10, timestamp: 5_000 * 8, marker: true);
        Assert.Equal(5_020, receiver.Sink.Ms);
    }

    [Fact]
    public void Comfort_noise_is_heard_at_its_level_and_ten_minutes_of_pauses_stay_exact()
    {
        var receiver = new TestReceiver();
        var index = 0;
        var timestamp = 0;
        for (var spurt = 0; spurt < 200; spurt++)
        {
            for (var i = 0; i < 50; i++, timestamp += 160)
            {
                receiver.RunTo(timestamp / 8);
                receiver.Audio(index++, timestamp: timestamp, marker: i == 0);
            }
            receiver.RunTo(timestamp / 8);
            receiver.Send(index++, timestamp, 13, [50]);
            timestamp += 16_000;
        }
        receiver.RunTo(timestamp / 8);
        Assert.InRange(receiver.Sink.Ms, timestamp / 8 - 41, timestamp / 8 + 20);
        var pause = receiver.Sink.Samples.AsSpan(1_500 * 16, 1_000 * 16);
        // White at 8 kHz, then band-limited a little by the resampler.
        Assert.InRange(PcmLevel.RmsDbov(pause), -52, -48);
    }

    [Fact]
    public void A_stall_of_the_network_costs_audio_but_the_time_line_does_not_run_ahead()
    {
        var receiver = new TestReceiver();
        receiver.Stream(0, 50);
        receiver.RunTo(1_500);
        for (var i = 50; i < 75; i++)
            receiver.Audio(i);                        // half a second at once
        Assert.InRange(receiver.Sink.Ms, 1_480, 1_520);
        receiver.Stream(75, 50);
        Assert.InRange(receiver.Sink.Ms, 2_480, 2_520);
        Assert.InRange(receiver.Counters.PacketsLate, 15, 25);
    }

    [Fact]
    public void After_a_stop_of_the_process_the_packets_that_waited_are_heard_and_the_time_line_is_whole()
    {
        var receiver = new TestReceiver();
        receiver.Stream(0, 50);
        receiver.StandStill(2_000);
        for (var i = 50; i < 150; i++)
            receiver.Audio(i);
        receiver.RunTo(receiver.NowMs);
        Assert.Equal(3_000, receiver.Sink.Ms);
        Assert.Equal(0, receiver.Counters.SilenceUs);
    }

    [Fact]
    public void A_flood_of_audio_is_cut_off_at_the_limit_and_the_call_goes_on()
    {
        var receiver = new TestReceiver();
        receiver.Stream(0, 50);
        for (var i = 50; i < 1_000; i++)
            receiver.Audio(i);                        // nineteen seconds at once
        Assert.InRange(receiver.Sink.Ms, 1_000, 1_520);
        Assert.InRange(receiver.Counters.PacketsAheadOfTime, 900, 950);
        receiver.RunTo(3_000);
        receiver.Stream(1_000, 50);
        Assert.InRange(receiver.Sink.Ms, 3_820, 4_520);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void A_clock_that_is_off_neither_delays_nor_loses_anything_for_an_hour(int ppm)
    {
        var receiver = new TestReceiver(sink: new RecordingSink(8_000));
        var frame = TestReceiver.ToneFrame(0);
        const int packets = 180_000;
        for (var i = 0; i < packets; i++)
        {
            receiver.RunTo(20.0 * i * (1 - ppm / 1e6));
            receiver.Audio(i, frame);
        }
        Assert.Equal(packets * 20, receiver.Sink.Ms);
        Assert.Equal(0, receiver.Counters.SilenceUs);
        Assert.Equal(0, receiver.Counters.PacketsAheadOfTime);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(40)]
    [InlineData(60)]
    public void Packets_of_any_time_are_taken_and_their_length_may_change(int ptimeMs)
    {
        var receiver = new TestReceiver();
        var payload = new byte[ptimeMs * 8];
        receiver.Stream(0, 5);
        for (var i = 0; i < 5; i++)
        {
            receiver.RunTo(100 + i * ptimeMs);
            receiver.Audio(5 + i, payload, timestamp: 800 + i * payload.Length);
        }
        Assert.Equal(100 + 5 * ptimeMs, receiver.Sink.Ms);
        Assert.Equal(0, receiver.Counters.ConcealedUs);
    }

    [Theory]
    [InlineData(4_000_000)]
    [InlineData(-4_000_000)]
    public void A_jump_of_the_timestamp_is_followed_at_once(int jump)
    {
        var receiver = new TestReceiver(firstTimestamp: 1_000_000_000);
        receiver.Stream(0, 50);
        for (var i = 50; i < 60; i++)
        {
            receiver.RunTo(20 * i);
            receiver.Audio(i, timestamp: i * 160 + jump);
        }
        Assert.Equal(1_200, receiver.Sink.Ms);
    }

    [Fact]
    public void Timestamps_that_stood_still_during_a_pause_are_believed_within_60_ms()
    {
        var receiver = new TestReceiver();
        receiver.Stream(0, 50);
        receiver.RunTo(2_000);
        receiver.Stream(50, 10);
        Assert.InRange(receiver.Counters.PacketsLate, 1, 3);
        Assert.InRange(receiver.Sink.Ms, 2_000, 2_220);
    }

    [Fact]
    public void A_new_stream_is_heard_at_once()
    {
        var receiver = new TestReceiver();
        receiver.Stream(0, 50);
        receiver.Ssrc = 99;
        receiver.FirstSequence = 40_000;
        receiver.FirstTimestamp = 3_000_000_000;
        receiver.Audio(0);
        Assert.Equal(1_020, receiver.Sink.Ms);
        Assert.Equal(1, receiver.Counters.SsrcChanges);
        receiver.Ssrc = 7;                            // a straggler of the old stream
        receiver.Audio(0);
        Assert.Equal(1_020, receiver.Sink.Ms);
    }

    [Fact]
    public void Unknown_payload_types_are_counted_and_leave_no_gap()
    {
        var receiver = new TestReceiver();
        receiver.Stream(0, 5);
        receiver.Send(5, 800, 96, [1, 2, 3]);
        receiver.Audio(6, timestamp: 800);
        Assert.Equal(120, receiver.Sink.Ms);
        Assert.Equal(1, receiver.Counters.PacketsUnknownPayload);
        Assert.Equal(0, receiver.Counters.PacketsLost);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_caller_who_changes_to_another_codec_that_both_named_is_heard_without_a_break(bool isNamed)
    {
        var receiver = new TestReceiver(alsoReceived: isNamed ? [new(8, CodecCatalog.Pcma)] : []);
        receiver.Stream(0, 50);
        for (var i = 50; i < 100; i++)
        {
            receiver.RunTo(20 * i);
            receiver.Send(i, 160 * i, 8, TestReceiver.ToneFrame(i, codec: CodecCatalog.Pcma));
        }
        receiver.RunTo(2_000);
        Assert.InRange(receiver.Sink.Ms, 1_900, 2_000);
        var change = PcmLevel.Rms(receiver.Sink.Samples.AsSpan(1_300 * 16, 400 * 16)) - PcmLevel.Rms(receiver.Sink.Samples.AsSpan(300 * 16, 400 * 16));
        Assert.Equal(isNamed, Math.Abs(change) < 200);
        Assert.Equal(isNamed ? 0 : 50, receiver.Counters.PacketsUnknownPayload);
    }

    [Theory]
    [InlineData("G722", 9, 160)]
    [InlineData("opus", 96, 960)]
    [InlineData("L16", 97, 320)]
    public void A_caller_may_change_to_a_codec_of_another_rate_and_clock(string name, byte payloadType, int stepUnits)
    {
        var codec = CodecCatalog.All.First(known => known.Name == name);
        Assert.SkipUnless(CodecCatalog.IsAvailable(codec), "libopus is not installed (apt-get install libopus0).");
        var receiver = new TestReceiver(alsoReceived: new AudioFormat(payloadType, codec));
        receiver.Stream(0, 50);
        var frames = ToneFrames(codec, 50);
        for (var i = 50; i < 100; i++)
        {
            receiver.RunTo(20 * i);
            receiver.Send(i, 8_000 + stepUnits * (i - 50), payloadType, frames[i - 50]);
            Assert.Equal(20 * (i + 1), receiver.Sink.Ms);
        }
        for (var i = 100; i < 150; i++)
        {
            receiver.RunTo(20 * i);
            receiver.Audio(i);
            Assert.Equal(20 * (i + 1), receiver.Sink.Ms);
        }
        foreach (var seconds in new[] { 0, 1, 2 })
            Assert.InRange(Tone.Amplitude(receiver.Sink.Samples.AsSpan((seconds * 1000 + 400) * 16, 500 * 16), SinkRate, 400), 9_500, 10_500);
        Assert.Equal(0, receiver.Counters.PacketsUnknownPayload);
        Assert.InRange(receiver.Counters.JitterMs, 0, 0.1);
    }

    [Fact]
    public void A_lost_packet_of_Opus_comes_back_with_the_next()
    {
        Assert.SkipUnless(CodecCatalog.IsAvailable(CodecCatalog.Opus), "libopus is not installed (apt-get install libopus0).");
        var receiver = new TestReceiver(alsoReceived: new AudioFormat(96, CodecCatalog.Opus));
        var voice = SyntheticVoice.Create(24_000, 480 * 100, seed: 3);
        var frames = Frames(CodecCatalog.CreateEncoder(CodecCatalog.Opus, new(5, 32_000, false, InBandFec: true, 10, 48_000)), voice);
        for (var i = 0; i < 100; i++)
        {
            receiver.RunTo(20 * i);
            if (i % 10 != 9)
                receiver.Send(i, 960 * i, 96, frames[i]);
        }
        receiver.RunTo(2_100);
        Assert.Equal(9, receiver.Counters.PacketsLost);
        Assert.Equal(180_000, receiver.Counters.ConcealedUs);
        Assert.InRange(receiver.Counters.RecoveredUs, 100_000, 180_000);
        Assert.InRange(receiver.Sink.Ms, 1_980, 2_100);
    }

    [Fact]
    public void Digits_and_noise_are_understood_under_every_number_that_the_caller_named()
    {
        var receiver = new TestReceiver(change: media => media with { ComfortNoisePayloadType = 98, AlsoReceivedEvents = [new(102, 48_000)] });
        receiver.Stream(0, 5);
        receiver.Send(5, 800, 102, [5, 0x8A, 0x12, 0xC0]);   // 4800 units of 48 kHz
        receiver.Send(6, 800, 98, [60]);
        receiver.Send(7, 800, 99, [60]);
        Assert.Equal([('5', 100)], receiver.Listener.Digits);
        Assert.Equal(1, receiver.Counters.PacketsUnknownPayload);
    }

    [Fact]
    public void On_hold_the_sink_gets_silence_whatever_the_caller_plays()
    {
        var receiver = new TestReceiver(direction: MediaDirection.RecvOnly);
        receiver.Stream(0, 100);
        Assert.InRange(receiver.Sink.Ms, 1_960, 2_000);
        Assert.All(receiver.Sink.Samples, sample => Assert.Equal(0, sample));
        Assert.Equal(100, receiver.Counters.PacketsReceived);
    }

    [Fact]
    public void During_a_key_press_the_time_line_goes_on_in_silence()
    {
        var receiver = new TestReceiver();
        receiver.Stream(0, 10);
        for (var i = 0; i < 20; i++)
        {
            receiver.RunTo(200 + 20 * i);
            receiver.Send(10 + i, 1600, 101, [5, 10, (byte)(160 * i >> 8), (byte)(160 * i)], marker: i == 0);
        }
        receiver.RunTo(600);
        receiver.Audio(30, timestamp: 4800);
        Assert.Equal(620, receiver.Sink.Ms);
        Assert.Equal(0, receiver.Counters.PacketsLost);
        Assert.Equal(('5', 0), Assert.Single(receiver.Listener.Digits));
        Assert.Equal(0, PcmLevel.Rms(receiver.Sink.Samples.AsSpan(300 * 16, 250 * 16)));
    }

    private static List<byte[]> ToneFrames(AudioCodec codec, int count)
    {
        var encoder = CodecCatalog.CreateEncoder(codec);
        return Frames(encoder, Tone.Sine(encoder.SampleRateHz, 400, encoder.SampleRateHz / 50 * count, 10_000));
    }

    private static List<byte[]> Frames(IAudioEncoder encoder, short[] pcm)
    {
        var samples = encoder.SampleRateHz / 50;
        var payload = new byte[encoder.MaxPayloadBytes(samples)];
        return [.. Enumerable.Range(0, pcm.Length / samples).Select(i => payload[..encoder.Encode(pcm.AsSpan(i * samples, samples), payload)])];
    }
}
