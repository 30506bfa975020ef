using System.Net;
using System.Net.Sockets;
using FsCheck;
using FsCheck.Fluent;
using Support;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Rtp.Rtcp;

namespace Telephony.Tests.Rtp.Rtcp;

public sealed class RtcpTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ReceptionStatistics _reception = new();
    private readonly RtpSender _sender;
    private readonly RtcpSession _session;

    public RtcpTests()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _sender = new RtpSender(new RtpSocket(_socket));
        _session = new RtcpSession(_sender, _reception, "call-1", TimeSpan.FromSeconds(5), _time);
        _session.Start(_time.GetNs());
    }

    public void Dispose() => _socket.Dispose();

    [Fact]
    public void A_report_block_survives_writing_and_reading() =>
        Prop.ForAll<(uint Ssrc, byte Fraction, int Lost), (uint Highest, uint Jitter), (uint Lsr, uint Dlsr)>((a, b, c) =>
        {
            var block = new ReportBlock(a.Ssrc, a.Fraction, a.Lost % 0x7FFFFF, b.Highest, b.Jitter, c.Lsr, c.Dlsr);
            var bytes = new byte[ReportBlock.Bytes];
            block.Write(bytes);
            return ReportBlock.Read(bytes) == block;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Reads_the_blocks_of_a_compound_packet_and_skips_what_it_does_not_know()
    {
        byte[] compound =
        [
            0x80, 201, 0, 1, 0, 0, 0, 7,                                    // an empty receiver report
            0x80, 204, 0, 2, 0, 0, 0, 7, (byte)'n', (byte)'a', (byte)'m', (byte)'e',
            0x81, 250, 0, 0,                                                // an unknown type
            0xA1, 203, 0, 2, 0, 0, 0, 7, 0, 0, 0, 4,                        // a padded goodbye
        ];
        ReadOnlySpan<byte> rest = compound;
        var types = new List<byte>();
        while (RtcpPacket.TryReadNext(ref rest, out var packet))
        {
            types.Add(packet.Type);
            if (packet.Type == RtcpType.Goodbye)
                Assert.Equal(4, packet.Body.Length);
        }
        Assert.Equal([201, 204, 250, 203], types);
        Assert.True(rest.IsEmpty);
    }

    [Fact]
    public void Random_bytes_never_throw_and_always_end() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            if (bytes.Length > 3)
                (bytes[0], bytes[1], bytes[2]) = ((byte)(0x80 | bytes[0] & 0x3F), (byte)(200 + bytes[1] % 6), 0);
            _session.OnDatagram(bytes, _time.GetNs());
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Loss_fraction_and_highest_number_follow_the_appendices_across_the_wrap()
    {
        _reception.Reset(5);
        for (var i = 0; i < 100; i++)
            if (i % 4 != 3)
                _reception.OnPacket(SequenceNumber.Add(65_500, i));
        var report = _reception.TakeReport(0, 0);
        Assert.Equal(24, report.CumulativeLost);                            // number 99 is not missed yet
        Assert.Equal(24 * 256 / 99, report.FractionLost);
        Assert.Equal(65_500u + 98, report.HighestSequence);
        _reception.OnPacket(SequenceNumber.Add(65_500, 99));
        Assert.Equal(0, _reception.TakeReport(0, 0).FractionLost);
    }

    [Fact]
    public void Jitter_converges_to_the_mean_difference_and_ignores_the_wrap()
    {
        for (var i = 0; i < 2_000; i++)
            _reception.OnTimestamp(unchecked(uint.MaxValue - 1_000 + (uint)(160 * i)), 20_000_000L * i + i % 2 * 5_000_000, 8_000);
        Assert.InRange(_reception.JitterUnits, 39.9, 40.1);                 // 5 ms
    }

    [Fact]
    public void Reports_are_compound_and_come_every_five_seconds_or_so()
    {
        Receive(packets: 10);
        var times = new List<double>();
        for (var i = 0; i < 2_000; i++)
        {
            var before = _session.DueNs;
            AssertCompound(_session.NextReport(before), RtcpType.ReceiverReport, RtcpType.SourceDescription);
            times.Add((_session.DueNs - before) / 1e9);
        }
        Assert.InRange(times.Min(), 5 * 0.5 / 1.22, 2.2);
        Assert.InRange(times.Max(), 6.0, 5 * 1.5 / 1.21);
        Assert.InRange(times.Average(), 3.9, 4.3);                          // 5 s / (e - 1.5), as section 6.3.1 has it
    }

    [Fact]
    public void Who_has_sent_reports_as_a_sender_and_a_goodbye_ends_the_last_report()
    {
        using var phone = new Media.TestPhone();
        Assert.True(_sender.TrySend(160, 0, marker: true, phone.RtpEndPoint.Serialize(), 0));
        AssertCompound(_session.NextReport(_time.GetNs()), RtcpType.SenderReport, RtcpType.SourceDescription);
        AssertCompound(_session.Goodbye(_time.GetNs()), RtcpType.ReceiverReport, RtcpType.SourceDescription, RtcpType.Goodbye);
    }

    [Fact]
    public void Round_trip_is_what_remains_of_the_echo_less_the_peers_holding_time()
    {
        using var phone = new Media.TestPhone();
        _sender.TrySend(160, 0, marker: true, phone.RtpEndPoint.Serialize(), 0);
        ReadOnlySpan<byte> ours = _session.NextReport(_time.GetNs());
        Assert.True(RtcpPacket.TryReadNext(ref ours, out var senderReport));
        Assert.True(senderReport.TryReadSenderTime(out var sentAt));

        _time.Advance(TimeSpan.FromMilliseconds(1_080));
        var echo = new byte[8 + ReportBlock.Bytes];
        byte[] header = [0x81, RtcpType.ReceiverReport, 0, 7, 0, 0, 0, 9];
        header.CopyTo(echo, 0);
        new ReportBlock(_sender.Ssrc, 64, 3, 1, 80, sentAt, DelaySinceLastSenderReport: 65_536).Write(echo.AsSpan(8));
        _session.OnDatagram(echo, _time.GetNs());
        Assert.InRange(_session.RoundTripMs!.Value, 79.9, 80.1);
        Assert.Equal(3, _session.RemoteReport!.Value.CumulativeLost);
    }

    [Fact]
    public void The_peers_sender_time_is_echoed_with_the_time_we_held_it()
    {
        Receive(packets: 1);
        byte[] senderReport = [0x80, RtcpType.SenderReport, 0, 6, 0, 0, 0, 5, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        _session.OnDatagram(senderReport, _time.GetNs());
        _time.Advance(TimeSpan.FromSeconds(2));
        ReadOnlySpan<byte> ours = _session.NextReport(_time.GetNs());
        Assert.True(RtcpPacket.TryReadNext(ref ours, out var packet));
        Assert.True(packet.TryFindReport(5, out var report));
        Assert.Equal(0x03040506u, report.LastSenderReport);
        Assert.Equal(2u * 65_536, report.DelaySinceLastSenderReport);
    }

    private static void AssertCompound(ReadOnlySpan<byte> datagram, params byte[] expected)
    {
        Assert.Equal(0, datagram.Length % 4);
        var types = new List<byte>();
        while (RtcpPacket.TryReadNext(ref datagram, out var packet))
            types.Add(packet.Type);
        Assert.True(datagram.IsEmpty);
        Assert.Equal(expected, types);
    }

    private void Receive(int packets)
    {
        _reception.Reset(5);
        for (var i = 0; i < packets; i++)
            _reception.OnPacket((ushort)i);
    }
}
