using System.Buffers.Binary;
using System.Net;
using Support;
using Telephony.Codecs;
using Telephony.Rtp;
using Telephony.Rtp.Srtp;
using Telephony.Sdp;

namespace Telephony.Tests.Media;

/// <summary>Goal A21 where packets come in: nothing foreign is let in and nothing bad ends a call, over real sockets.</summary>
public sealed class SrtpMediaTests : IDisposable
{
    private const string Suite = "AES_CM_128_HMAC_SHA1_80";
    private static readonly byte[] Frame = TestReceiver.ToneFrame(0);

    private readonly TestCall _call = new();
    private readonly NegotiatedMedia _media;

    public SrtpMediaTests() => _media = _call.Media with { Srtp = _call.Phone.Encrypt(Suite) };

    public static TheoryData<string> Suites => [.. SrtpSuite.All.Select(suite => suite.Name)];

    [Theory, MemberData(nameof(Suites))]
    public async Task Audio_goes_both_ways_in_every_suite(string suite)
    {
        _call.Source.Add(Tone.Sine(24_000, 1000, 24_000 / 2));
        await _call.StartAsync(_call.Media with { Srtp = _call.Phone.Encrypt(suite) });
        await SendPaced(30);
        await Received(30);
        // Ten periods at a time, and the usual one: a busy machine may leave gaps.
        var loud = _call.Sink.Samples.Chunk(400).Select(part => Tone.Amplitude(part, 16_000, 400)).Where(amplitude => amplitude > 5_000).Order().ToArray();
        Assert.InRange(loud.Length, 10, 30);
        Assert.InRange(loud[loud.Length / 2], 9_770, 10_235);
        var heard = Enumerable.Range(0, 20).Select(_ => Parse(_call.Phone.ReceiveDecrypted())).ToArray();
        Assert.All(heard, packet => Assert.Equal(160, packet.PayloadBytes));
        Assert.Equal(Enumerable.Range(heard[0].SequenceNumber, 20), heard.Select(packet => (int)packet.SequenceNumber));
    }

    // The phone begins at 65,530, so every one of these tests goes over the wrap.
    [Fact]
    public async Task Packets_reordered_over_the_wrap_are_heard()
    {
        await _call.StartAsync(_media);
        var packets = Enumerable.Range(0, 12).Select(_ => _call.Phone.Next(Frame)).ToArray();
        foreach (var i in (int[])[0, 2, 1, 4, 3, 7, 6, 5, 9, 8, 11, 10])
        {
            _call.Phone.Rtp.SendTo(packets[i], _call.Agent);
            await Task.Delay(5);
        }
        await Received(12);
        Assert.Equal((0, 0), (_call.Session.Statistics.PacketsUnauthenticated, _call.Session.Statistics.PacketsReplayed));
    }

    [Fact]
    public async Task Replayed_packets_are_refused_and_counted()
    {
        await _call.StartAsync(_media);
        var packets = Enumerable.Range(0, 10).Select(_ => _call.Phone.Next(Frame)).ToArray();
        foreach (var packet in packets.Concat(packets))
            _call.Phone.Rtp.SendTo(packet, _call.Agent);
        await TestCall.Until(() => _call.Session.Statistics.PacketsReplayed == 10);
        Assert.Equal(10, _call.Session.Statistics.PacketsReceived);
        Assert.Equal(0, _call.Session.Statistics.PacketsDuplicate);
    }

    [Fact]
    public async Task Packets_in_clear_or_with_another_key_are_refused_wherever_they_come_from()
    {
        using var stranger = new TestPhone();
        stranger.Encrypt(Suite);
        await _call.StartAsync(_media);
        await SendPaced(2);
        await Received(2);
        for (var i = 0; i < 10; i++)
        {
            var clear = TestPhone.Packet(0, false, (ushort)(_call.Phone.SequenceNumber + i), 0, _call.Phone.Ssrc, Frame);
            _call.Phone.Rtp.SendTo(clear, _call.Agent);
            _call.Phone.Rtp.SendTo(stranger.Next(Frame), _call.Agent);
            stranger.Send(_call.Agent, Frame);
        }
        await TestCall.Until(() => _call.Session.Statistics.PacketsUnauthenticated + _call.Session.Statistics.PacketsReplayed == 30);
        await SendPaced(2);
        await Received(4);
        Assert.Empty(stranger.ReceiveAll());
    }

    // Learning a source takes four packets in sequence; a stranger's must not count, however likely its host.
    [Fact]
    public async Task The_source_lock_learns_from_authentic_packets_only()
    {
        using var stranger = new TestPhone();
        stranger.Encrypt(Suite);
        await _call.StartAsync(_media with { RemoteRtp = new IPEndPoint(IPAddress.Loopback, 9), RemoteRtcp = new IPEndPoint(IPAddress.Loopback, 10) });
        for (var i = 0; i < 20; i++)
            stranger.Send(_call.Agent, Frame);
        await TestCall.Until(() => _call.Session.Statistics.PacketsUnauthenticated == 20);
        Assert.Empty(stranger.ReceiveAll());
        await SendPaced(8);
        await TestCall.Until(() => _call.Session.Statistics.PacketsReceived == 5);
        Assert.NotNull(_call.Phone.ReceiveDecrypted());
        Assert.Empty(stranger.ReceiveAll());
    }

    [Fact]
    public async Task A_thousand_bad_packets_a_second_end_no_call()
    {
        await _call.StartAsync(_media);
        var random = new Random(1);
        var junk = new byte[182];
        byte[] clientHello = [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 1, 0, 0, 28, .. new byte[40]];
        for (var frame = 0; frame < 25; frame++)
        {
            for (var i = 0; i < 18; i++)
            {
                random.NextBytes(junk);
                junk[0] = 0x80;
                _call.Phone.Rtp.SendTo(junk, _call.Agent);
            }
            _call.Phone.Rtp.SendTo(clientHello, _call.Agent);
            _call.Phone.Rtp.SendTo(Array.Empty<byte>(), _call.Agent);
            await SendPaced(1);
        }
        await Received(25);
        await TestCall.Until(() => _call.Session.Statistics is { PacketsUnauthenticated: 450, PacketsMalformed: 50 });
        Assert.Equal((0, 0), (_call.Listener.Timeouts, _call.Listener.Faults.Count));
    }

    [Fact]
    public async Task A_call_that_hears_nothing_authentic_is_a_silent_one()
    {
        using var call = new TestCall(new RtpOptions { FirstPacketTimeout = TimeSpan.FromMilliseconds(300) });
        await call.StartAsync(call.Media with { Srtp = call.Phone.Encrypt(Suite) });
        for (var i = 0; i < 60 && call.Listener.Timeouts == 0; i++)
        {
            call.Phone.Rtp.SendTo(TestPhone.Packet(0, false, (ushort)i, 0, 1, Frame), call.Agent);
            await Task.Delay(20);
        }
        Assert.Equal((1, 0), (call.Listener.Timeouts, call.Listener.FirstPackets));
    }

    [Fact]
    public async Task A_new_key_is_followed_and_what_is_on_the_way_with_the_old_one_still_heard()
    {
        await _call.StartAsync(_media);
        await SendPaced(5);
        var late = _call.Phone.Next(Frame);
        var first = Parse(_call.Phone.ReceiveDecrypted());
        _call.Session.Apply(_media with { Srtp = _call.Phone.Encrypt("AEAD_AES_128_GCM") });
        _call.Phone.Rtp.SendTo(late, _call.Agent);
        await SendPaced(5);
        await Received(11);
        _call.Phone.ReceiveAll();
        var now = Parse(_call.Phone.ReceiveDecrypted());
        Assert.NotEqual(first.Ssrc, now.Ssrc);
        Assert.Equal(0, _call.Session.Statistics.PacketsUnauthenticated);
    }

    // Hold, another port, another source, digits and comfort noise go on with the context of before.
    [Fact]
    public async Task Changes_without_a_new_key_keep_the_context()
    {
        await _call.StartAsync(_media);
        await SendPaced(10);   // over the wrap: another context would begin with a roll-over counter of zero
        await Received(10);
        var ssrc = Parse(_call.Phone.ReceiveDecrypted()).Ssrc;
        _call.Session.Apply(_media with { Direction = MediaDirection.RecvOnly });
        await SendPaced(2);
        _call.Session.Apply(_media with { Codec = CodecCatalog.Pcma, SendPayloadType = 8, ReceivePayloadType = 8 });
        await SendPaced(2, payloadType: 8);
        _call.Phone.Rtp.SendTo(_call.Phone.Protect(TestPhone.Packet(101, true, _call.Phone.SequenceNumber++, 99, _call.Phone.Ssrc, [5, 0x0A, 1, 0x40])), _call.Agent);
        _call.Phone.Rtp.SendTo(_call.Phone.Next([60], payloadType: 13), _call.Agent);
        await Received(16);
        Assert.Equal('5', Assert.Single(_call.Listener.Digits).Digit);
        (_call.Phone.Ssrc, _call.Phone.SequenceNumber) = (77, 100);
        using var restarted = new SrtpSender(_media.Srtp!.Receive);   // a device has a context for each source
        var packet = TestPhone.Packet(8, false, 100, 0, 77, [.. Frame, .. new byte[10]]);
        _call.Phone.Rtp.SendTo(packet.AsSpan(0, restarted.Protect(packet, 12, packet.Length - 10)), _call.Agent);
        await TestCall.Until(() => _call.Session.Statistics.SsrcChanges == 1);
        _call.Phone.ReceiveAll();
        Assert.Equal(ssrc, Parse(_call.Phone.ReceiveDecrypted()).Ssrc);
        Assert.Equal(0, _call.Session.Statistics.PacketsUnauthenticated);
    }

    [Fact]
    public async Task What_begins_before_the_answer_goes_on_with_its_context()
    {
        using var call = new TestCall(isEarly: true);
        await call.StartAsync(call.Media with { Srtp = call.Phone.Encrypt(Suite) });
        for (var i = 0; i < 8; i++)   // over the wrap
            call.Phone.Send(call.Agent, Frame);
        await TestCall.Until(() => call.Session.Statistics.PacketsReceived == 8);
        var ssrc = Parse(call.Phone.ReceiveDecrypted()).Ssrc;
        call.Session.Connect(call.Sink, call.Source);
        await Task.Delay(100);
        call.Phone.Send(call.Agent, Frame);
        await TestCall.Until(() => call.Session.Statistics.PacketsReceived == 9);
        call.Phone.ReceiveAll();
        Assert.Equal(ssrc, Parse(call.Phone.ReceiveDecrypted()).Ssrc);
    }

    [Fact]
    public async Task RTCP_is_encrypted_too_and_a_strangers_is_refused()
    {
        using var call = new TestCall(new RtpOptions { RtcpInterval = TimeSpan.FromMilliseconds(500) });
        await call.StartAsync(call.Media with { Srtp = call.Phone.Encrypt(Suite) });
        var report = call.Phone.Receive(2_000, call.Phone.Rtcp);
        Assert.Equal(SrtpVerdict.Authentic, call.Phone.Receiver!.UnprotectRtcp(report, out var plain));
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(plain[4..]);
        Assert.Equal(ssrc, Parse(call.Phone.ReceiveDecrypted()).Ssrc);
        var ours = ReceiverReport(ssrc, fractionLost: 64);
        call.Phone.Rtcp.SendTo(ours, call.AgentRtcp);   // in clear
        await TestCall.Until(() => call.Session.Statistics.PacketsUnauthenticated + call.Session.Statistics.PacketsMalformed == 1);
        Assert.Null(call.Session.Statistics.RemoteFractionLost);
        var authentic = call.Phone.Sender!.ProtectRtcp(ours).ToArray();
        call.Phone.Rtcp.SendTo(authentic, call.AgentRtcp);
        call.Phone.Rtcp.SendTo(authentic, call.AgentRtcp);
        await TestCall.Until(() => call.Session.Statistics.PacketsReplayed == 1);
        Assert.Equal(0.25, call.Session.Statistics.RemoteFractionLost);
    }

    public void Dispose() => _call.Dispose();

    private static byte[] ReceiverReport(uint ssrc, byte fractionLost)
    {
        var report = new byte[32];
        (report[0], report[1], report[3], report[7], report[12]) = (0x81, 201, 7, 1, fractionLost);
        BinaryPrimitives.WriteUInt32BigEndian(report.AsSpan(8), ssrc);
        return report;
    }

    private static (uint Ssrc, ushort SequenceNumber, int PayloadBytes) Parse(byte[]? datagram)
    {
        Assert.True(RtpPacket.TryParse(datagram, out var packet));
        return (packet.Ssrc, packet.SequenceNumber, packet.Payload.Length);
    }

    private Task Received(int packets) => TestCall.Until(() => _call.Session.Statistics.PacketsReceived == packets);

    private async Task SendPaced(int packets, byte payloadType = 0)
    {
        for (var i = 0; i < packets; i++)
        {
            _call.Phone.Send(_call.Agent, Frame, payloadType);
            await Task.Delay(20);
        }
    }
}
