using System.Net;
using System.Net.Sockets;
using Support;
using Telephony.Audio;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sdp;

namespace Telephony.Tests.Media;

public sealed class SendPathTests : IDisposable
{
    private const long Ms = 1_000_000;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TestPhone _phone = new();
    private readonly QueueSource _source = new();
    private readonly SendSchedule _schedule = new();
    private readonly MediaCounters _counters = new();
    private readonly DigitSender _digits = new((_, _) => { });
    private readonly SendPath _path;

    public SendPathTests()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _path = Build(TestReceiver.MediaOf(MediaDirection.SendRecv));
        _schedule.Start(0);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _phone.Dispose();
    }

    [Fact]
    public void Silence_flows_while_the_agent_idles_and_the_marker_starts_each_talk_spurt()
    {
        Run(packets: 5);
        _source.Add(Tone.Sine(24_000, 1000, 480 * 3));
        Run(packets: 5);
        _source.Add(Tone.Sine(24_000, 1000, 480 * 2));
        Run(packets: 5);
        var packets = Received();
        Assert.Equal([0, 5, 10], packets.Select((p, i) => (p.Marker, i)).Where(p => p.Marker).Select(p => p.i));
        Assert.Equal(15, packets.Count);
        Assert.All(packets.Zip(packets.Skip(1)), pair => Assert.Equal(160, SequenceNumber.TimestampDistance(pair.First.Timestamp, pair.Second.Timestamp)));
    }

    [Fact]
    public void Audio_after_idling_leaves_at_once_and_the_count_stays_that_of_the_clock()
    {
        Run(packets: 5);
        var readyNs = _schedule.DueNs - 15 * Ms;
        _source.Add(Tone.Sine(24_000, 1000, 480 * 10));
        _path.AudioReady(readyNs);
        Assert.Equal(readyNs, _schedule.DueNs);
        Run(packets: 11);
        Assert.Equal(16 * 20 * Ms, _schedule.DueNs);
        Assert.Equal(16, Received().Count);
    }

    [Fact]
    public void A_stop_of_the_process_makes_no_burst_and_leaves_a_gap_in_the_timestamps()
    {
        Run(packets: 5);
        var resumedNs = _schedule.DueNs + 2_000 * Ms;
        var burst = 0;
        for (; _schedule.DueNs <= resumedNs; burst++)
            _path.Tick(_phone.RtpEndPoint.Serialize(), resumedNs);
        Assert.InRange(burst, 1, 3);
        var packets = Received();
        Assert.Equal(101 * 160, SequenceNumber.TimestampDistance(packets[4].Timestamp, packets[5].Timestamp));
        Assert.Equal(1, SequenceNumber.Distance(packets[4].SequenceNumber, packets[5].SequenceNumber));
        Assert.True(packets[5].Marker);
    }

    [Fact]
    public void On_hold_media_time_goes_on_and_the_source_is_not_read()
    {
        Run(packets: 2);
        var reads = _source.Reads;
        _path.Apply(TestReceiver.MediaOf(MediaDirection.Inactive));
        Run(packets: 10);
        Assert.Equal(reads, _source.Reads);
        _path.Apply(TestReceiver.MediaOf(MediaDirection.SendRecv));
        Run(packets: 1);
        var packets = Received();
        Assert.Equal(3, packets.Count);
        Assert.Equal(11 * 160, SequenceNumber.TimestampDistance(packets[1].Timestamp, packets[2].Timestamp));
        Assert.True(packets[2].Marker);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(60)]
    public void Any_packet_time_is_sent(int ptimeMs)
    {
        var media = TestReceiver.MediaOf(MediaDirection.SendRecv) with { PtimeMs = ptimeMs };
        var path = Build(media);
        path.Apply(media);
        for (var i = 0; i < 3; i++)
            path.Tick(_phone.RtpEndPoint.Serialize(), _schedule.DueNs);
        Assert.All(Received(), packet => Assert.Equal(ptimeMs * 8, packet.PayloadBytes));
        Assert.Equal(3L * ptimeMs * Ms, _schedule.DueNs);
    }

    [Fact]
    public void Silence_is_described_once_a_second_where_both_sides_want_that()
    {
        var path = Build(TestReceiver.MediaOf(MediaDirection.SendRecv) with { SendComfortNoisePayloadType = 13 });
        Run(path, packets: 120);
        _source.Add(Tone.Sine(24_000, 1000, 480 * 2));
        Run(path, packets: 13);
        var packets = Received();

        // A pause of 200 ms is sent, then the noise once a second; the clock goes on under it.
        Assert.Equal([.. Enumerable.Repeat(160, 10), 1, 1, 1, .. Enumerable.Repeat(160, 12), 1], packets.Select(packet => packet.PayloadBytes));
        Assert.Equal([1600, 9600, 17_600, 19_200, 21_120], packets.Where((packet, i) => packet.PayloadBytes == 1 || i == 13)
            .Select(packet => SequenceNumber.TimestampDistance(packets[0].Timestamp, packet.Timestamp)));
        Assert.Equal([0, 13], packets.Index().Where(packet => packet.Item.Marker).Select(packet => packet.Index));
    }

    /// <summary>All calls' frames pass through the same memory.</summary>
    [Fact]
    public void Nobody_hears_another_calls_sound_where_a_source_fills_nothing()
    {
        _source.Add(Tone.Sine(24_000, 1000, 480 * 3));
        Run(packets: 3);
        _phone.ReceiveAll();
        Run(new SendPath(TestReceiver.MediaOf(MediaDirection.SendRecv), new EmptySource(), new RtpSender(new RtpSocket(_socket)), _schedule, _digits, _counters), packets: 3);
        var packets = _phone.ReceiveAll().ToList();
        Assert.Equal(3, packets.Count);
        Assert.All(packets, datagram => Assert.Equal(160, datagram.Skip(RtpPacket.FixedHeaderBytes).Count(code => code == 0xFF)));
    }

    private SendPath Build(NegotiatedMedia media) => new(media, _source, new RtpSender(new RtpSocket(_socket)), _schedule, _digits, _counters);

    private void Run(int packets) => Run(_path, packets);

    private void Run(SendPath path, int packets)
    {
        for (var i = 0; i < packets; i++)
            path.Tick(_phone.RtpEndPoint.Serialize(), _schedule.DueNs);
    }

    private List<(bool Marker, ushort SequenceNumber, uint Timestamp, int PayloadBytes)> Received() => [.. _phone.ReceiveAll().Select(datagram =>
    {
        Assert.True(RtpPacket.TryParse(datagram, out var packet));
        return (packet.Marker, packet.SequenceNumber, packet.Timestamp, packet.Payload.Length);
    })];

    private sealed class EmptySource : IPcmSource
    {
        public int SampleRateHz => 24_000;

        public int Read(Span<short> frame) => 0;
    }
}
