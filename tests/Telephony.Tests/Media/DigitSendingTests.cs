using System.Net;
using System.Net.Sockets;
using AudioMeasures;
using Support;
using Support.Audio;
using Telephony.Codecs;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sdp;

namespace Telephony.Tests.Media;

/// <summary>Digits towards the caller (goal B22): what is on the wire, packet by packet, on virtual media time.</summary>
public sealed class DigitSendingTests : IDisposable
{
    private const int PayloadType = 101;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TestPhone _phone = new();
    private readonly QueueSource _source = new();
    private readonly SendSchedule _schedule = new();
    private readonly List<(string Sent, string Unsent)> _ended = [];
    private readonly DigitSender _digits;
    private readonly RtpSender _sender;
    private readonly SocketAddress _to;
    private SendPath _path;

    public DigitSendingTests()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _digits = new DigitSender((sent, unsent) => _ended.Add((sent, unsent)));
        _sender = new RtpSender(new RtpSocket(_socket));
        _to = _phone.RtpEndPoint.Serialize();
        _path = Build(Media());
        _schedule.Start(0);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _phone.Dispose();
    }

    [Fact]
    public void Beside_a_codec_on_another_clock_durations_count_in_that_of_the_events()
    {
        Assert.SkipUnless(CodecCatalog.IsAvailable(CodecCatalog.Opus), "libopus is not installed (apt-get install libopus0).");
        _path = Build(Media() with { Codec = CodecCatalog.Opus, SendPayloadType = 96, TelephoneEventClockRateHz = 8_000 });
        Run(1);
        var start = _sender.Timestamp;
        Leave("5");
        Run(9);
        var packets = Received();
        Assert.Equal(["05 0A 00 A0", "05 0A 01 40", "05 0A 01 E0", "05 0A 02 80", "05 8A 03 20", "05 8A 03 20", "05 8A 03 20"],
            packets[1..8].Select(packet => BitConverter.ToString(packet.Payload).Replace('-', ' ')));
        Assert.All(packets[1..8], packet => Assert.Equal(start, packet.Timestamp));
        Assert.Equal(start + 7 * 960, packets[8].Timestamp);
    }

    [Fact]
    public void B22_A_key_is_seven_packets_to_the_bit()
    {
        Run(1);
        var start = _sender.Timestamp;
        Leave("5");
        Run(9);
        var packets = Received();

        // 100 ms are 800 units; the last packet three times; volume 10.
        Assert.Equal(["05 0A 00 A0", "05 0A 01 40", "05 0A 01 E0", "05 0A 02 80", "05 8A 03 20", "05 8A 03 20", "05 8A 03 20"],
            packets[1..8].Select(packet => BitConverter.ToString(packet.Payload).Replace('-', ' ')));
        Assert.All(packets[1..8], packet => Assert.Equal((PayloadType, start), (packet.PayloadType, packet.Timestamp)));
        Assert.Equal([1, 8], packets.Index().Where(packet => packet.Item.Marker && packet.Index > 0).Select(packet => packet.Index));
        Assert.Equal([0, 0, 0], packets.Where(packet => packet.PayloadType != PayloadType).Select(packet => packet.PayloadType));
        // Audio goes on as if it had never paused: the events stood in the place of seven packets.
        Assert.Equal(start + 7 * 160, packets[8].Timestamp);
        Assert.All(packets.Zip(packets.Skip(1)), pair => Assert.Equal(1, SequenceNumber.Distance(pair.First.SequenceNumber, pair.Second.SequenceNumber)));
        Assert.Equal(10 * 20_000_000L, _schedule.DueNs);
        Assert.Equal([("5", "")], _ended);
    }

    [Fact]
    public void Keys_follow_after_the_gap_and_the_agents_words_wait_until_the_last()
    {
        var speech = Tone.Sine(24_000, 1_000, 480 * 40);
        _source.Add(speech);
        Run(5);
        Leave("1#");
        Run(30);
        var packets = Received();

        var events = packets.Where(packet => packet.PayloadType == PayloadType).ToList();
        Assert.Equal(1_600, SequenceNumber.TimestampDistance(events[0].Timestamp, events[^1].Timestamp));
        Assert.Equal(14, events.Count);
        // 5 before and one in which the words fade; 7 events, 3 of silence, 7 events; and what had to wait comes whole.
        Assert.Equal(480 * (40 - 5 - 13), _source.Waiting);
        Assert.Equal([6, 13, 16, 23], packets.Index().Where(packet => packet.Item.Marker && packet.Index > 0).Select(packet => packet.Index));
        Assert.All(packets[13..16], packet => Assert.All(packet.Payload, law => Assert.Equal(0xFF, law | 0x80)));
    }

    [Fact]
    public void B14_Words_that_keys_cut_and_words_that_go_on_behind_them_do_not_click()
    {
        _source.Add(SyntheticVoice.Create(24_000, 480 * 100, seed: 3));
        Run(20);
        Leave("5");
        Run(30);
        var heard = Received().Where(packet => packet.PayloadType != PayloadType).SelectMany(packet => packet.Payload.Select(G711.DecodeMuLaw)).ToArray();
        const int Cut = 21 * 160;
        Assert.Equal(0, heard[Cut]);
        Assert.InRange((int)heard[Cut - 1], -16, 16);
        Assert.True(ClickIndex.Db(heard, 8_000, Cut) <= 0);
    }

    [Theory]
    [InlineData(20, 50, new[] { 160, 320, 400, 400, 400 })]
    [InlineData(60, 100, new[] { 480, 800, 800, 800 })]
    [InlineData(10, 40, new[] { 80, 160, 240, 320, 320, 320 })]
    public void Durations_are_exact_at_any_packet_time(int ptimeMs, int durationMs, int[] expected)
    {
        _path = Build(Media() with { PtimeMs = ptimeMs });
        Leave("9", durationMs);
        Run(12);
        Assert.Equal(expected, Events().Select(packet => (int)packet.Event.DurationUnits));
    }

    [Fact]
    public void Pauses_are_pauses_of_the_agents_audio_too()
    {
        Leave("1w2,3");
        Run(200);
        var starts = Events().Where(packet => packet.Marker).Select(packet => packet.Timestamp).ToList();
        // A pause stands in the place of the gap, from the end of the key's last packet on.
        Assert.InRange(SequenceNumber.TimestampDistance(starts[0], starts[1]), 8 * 600, 8 * 720);
        Assert.InRange(SequenceNumber.TimestampDistance(starts[1], starts[2]), 8 * 2_100, 8 * 2_220);
        Assert.Equal([("1w2,3", "")], _ended);
    }

    [Fact]
    public void A_stall_of_the_process_leaves_the_duration_exact()
    {
        Leave("7");
        Run(2);
        _path.Tick(_to, _schedule.DueNs + 400_000_000);
        Run(4);
        var events = Events();
        Assert.Equal([160, 320, 800, 800, 800], events.Select(packet => (int)packet.Event.DurationUnits));
        Assert.Single(events.Select(packet => packet.Timestamp).Distinct());
    }

    [Fact]
    public void Digits_wait_on_hold_and_a_key_that_hold_cut_counts_as_pressed()
    {
        Leave("12");
        Run(2);
        _path.Apply(Media() with { Direction = MediaDirection.Inactive });
        Run(50);
        Assert.Empty(_ended);
        _path.Apply(Media());
        Run(20);
        var events = Events();
        Assert.Equal([1, 1, 2, 2, 2, 2, 2, 2, 2], events.Select(packet => (int)packet.Event.Code));
        Assert.Equal([("12", "")], _ended);
    }

    [Fact]
    public void What_the_peer_no_longer_takes_is_told()
    {
        Leave("123");
        Run(12);
        _path.Apply(Media() with { SendTelephoneEventPayloadType = null });
        Run(5);
        Assert.Equal([("12", "3")], _ended);
        Assert.Equal(2, Events().Count(packet => packet.Marker));
    }

    [Fact]
    public void Sequences_keep_their_gap_and_too_many_are_refused()
    {
        Leave("1");
        Leave("1");
        for (var i = 0; i < 6; i++)
            Leave("2");
        Assert.False(_digits.TryLeave(Sequence("3")));
        Run(200);
        var starts = Events().Where(packet => packet.Marker).Select(packet => packet.Timestamp).ToList();
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.Equal(1_600, SequenceNumber.TimestampDistance(pair.First, pair.Second)));
        Assert.Equal(8, _ended.Count);
    }

    /// <summary>Every second packet lost, at random, in bursts of any length that leaves one packet of each key.</summary>
    [Fact]
    public void B22_Under_loss_every_key_is_understood_once()
    {
        const string Keys = "0123456789*#ABCD1122";
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            Leave(Keys);
            Run(Keys.Length * 10 + 10);
            var receiver = new TelephoneEventReceiver();
            var heard = "";
            foreach (var key in Events().GroupBy(packet => packet.Timestamp))
            {
                var kept = random.Next(key.Count());
                foreach (var (index, packet) in key.Index().Where(packet => packet.Index == kept || random.NextDouble() < 0.5))
                {
                    if (receiver.OnPacket(packet.Timestamp, packet.Event, packet.Marker, 0))
                        heard += packet.Event.Digit;
                }
            }
            Assert.Equal(Keys, heard);
        }
    }

    [Fact]
    public void Sending_digits_allocates_nothing_per_packet()
    {
        // Between two ends: those are told in two strings each.
        Leave("0123456789*#ABCD,,,,,,,,");
        Run(3);
        Assert.Equal(0, Allocations.OfRound(() => Run(40)));
        Assert.Empty(_ended);
    }

    private static NegotiatedMedia Media() => TestReceiver.MediaOf(MediaDirection.SendRecv);

    private static DigitSequence Sequence(string text, int durationMs = 100)
    {
        Assert.True(DigitSequence.TryParse(text, durationMs, 100, out var sequence));
        return sequence;
    }

    private SendPath Build(NegotiatedMedia media)
    {
        var path = new SendPath(media, _source, _sender, _schedule, _digits, new MediaCounters());
        path.Apply(media);
        return path;
    }

    private void Leave(string text, int durationMs = 100) => Assert.True(_digits.TryLeave(Sequence(text, durationMs)));

    private void Run(int packets)
    {
        for (var i = 0; i < packets; i++)
            _path.Tick(_to, _schedule.DueNs);
    }

    private List<(int PayloadType, bool Marker, ushort SequenceNumber, uint Timestamp, byte[] Payload)> Received() => [.. _phone.ReceiveAll().Select(datagram =>
    {
        Assert.True(RtpPacket.TryParse(datagram, out var packet));
        return ((int)packet.PayloadType, packet.Marker, packet.SequenceNumber, packet.Timestamp, packet.Payload.ToArray());
    })];

    private List<(bool Marker, uint Timestamp, TelephoneEvent Event)> Events() => [.. Received().Where(packet => packet.PayloadType == PayloadType).Select(packet =>
    {
        Assert.True(TelephoneEvent.TryParse(packet.Payload, out var telephoneEvent));
        return (packet.Marker, packet.Timestamp, telephoneEvent);
    })];
}
