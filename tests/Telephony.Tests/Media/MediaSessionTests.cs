using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sdp;

namespace Telephony.Tests.Media;

/// <summary>Whole media sessions over loopback, in real time.</summary>
public sealed class MediaSessionTests
{
    private const int Window = 1_600;

    private static readonly byte[] ToneFrames = Encode(Tone.Sine(8000, 1000, 8000));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task The_callers_tone_reaches_the_sink_at_its_level(string address)
    {
        using var call = new TestCall(phoneAddress: IPAddress.Parse(address));
        call.Session.Apply(call.Media);
        await SendPaced(call, packets: 30);
        await TestCall.Until(() => call.Session.Statistics.PacketsReceived == 30);

        // A busy machine sends packets too late now and then: the level counts where none is missing.
        var heard = call.Sink.Samples;
        var level = Enumerable.Range(0, (heard.Length - Window) / 320).Max(i => Tone.Amplitude(heard.AsSpan(i * 320, Window), 16_000, 1000));
        Assert.InRange(level, 9_770, 10_235);   // 0.2 dB
        Assert.Equal(1, call.Listener.FirstPackets);
        Assert.NotNull(call.Phone.Receive());
    }

    [Fact]
    public async Task The_agents_tone_leaves_in_packets_of_continuous_timestamps()
    {
        using var call = new TestCall();
        call.Source.Add(Tone.Sine(24_000, 1000, 24_000 / 2));
        call.Session.Apply(call.Media);
        await Task.Delay(600);
        call.Session.Dispose();

        var packets = call.Phone.ReceiveAll();
        Assert.InRange(packets.Count, 26, 100);
        var heard = new List<short>();
        for (var i = 0; i < packets.Count; i++)
        {
            Assert.True(RtpPacket.TryParse(packets[i], out var packet));
            Assert.Equal(160, packet.Payload.Length);
            Assert.Equal(i == 0, packet.Marker);
            if (i > 0 && RtpPacket.TryParse(packets[i - 1], out var previous))
            {
                Assert.Equal(160, SequenceNumber.TimestampDistance(previous.Timestamp, packet.Timestamp));
                Assert.Equal(1, SequenceNumber.Distance(previous.SequenceNumber, packet.SequenceNumber));
            }
            heard.AddRange(Decode(packet.Payload));
        }
        Assert.InRange(Tone.Amplitude(heard.ToArray().AsSpan(800, 1600), 8000, 1000), 9_770, 10_235);
    }

    [Fact]
    public async Task Where_epoll_is_missing_both_ways_work_as_well()
    {
        using var call = new TestCall(waiter: new PortableWaiter());
        call.Source.Add(Tone.Sine(24_000, 1000, 24_000 / 2));
        await call.StartAsync();
        await SendPaced(call, packets: 20);
        await TestCall.Until(() => call.Session.Statistics.PacketsReceived == 20);
        Assert.InRange(call.Phone.ReceiveAll().Count, 15, 100);
        Assert.InRange(Tone.Amplitude(call.Sink.Samples.AsSpan(3200, 1600), 16_000, 1000), 9_770, 10_235);
    }

    [Fact]
    public async Task Behind_NAT_the_caller_is_heard_and_fed_where_it_really_is()
    {
        using var call = new TestCall();
        await call.StartAsync(call.Media with { RemoteRtp = new IPEndPoint(IPAddress.Loopback, 9), RemoteRtcp = new IPEndPoint(IPAddress.Loopback, 10) });
        await SendPaced(call, packets: 10);
        await TestCall.Until(() => call.Session.Statistics.PacketsReceived == 7);   // three were needed to learn
        Assert.NotNull(call.Phone.Receive());
        Assert.Equal(3, call.Session.Statistics.PacketsForeign);
    }

    [Fact]
    public async Task Strangers_are_neither_heard_nor_fed()
    {
        using var call = new TestCall();
        using var samePhone = new TestPhone();
        using var otherHost = new TestPhone(IPAddress.Parse("127.0.0.2"));
        await call.StartAsync();
        call.Phone.Send(call.Agent, ToneFrames.AsSpan(0, 160));
        await TestCall.Until(() => call.Session.Statistics.PacketsReceived == 1);
        for (var i = 0; i < 20; i++)
        {
            samePhone.Send(call.Agent, ToneFrames.AsSpan(0, 160));
            otherHost.Send(call.Agent, ToneFrames.AsSpan(0, 160));
            otherHost.Rtp.SendTo(new byte[] { 0x80, 203, 0, 1, 0, 0, 0, 1 }, call.AgentRtcp);
            await Task.Delay(20);
        }
        await TestCall.Until(() => call.Session.Statistics.PacketsForeign == 60);
        Assert.Equal(1, call.Session.Statistics.PacketsReceived);
        Assert.Empty(samePhone.ReceiveAll());
        Assert.Empty(otherHost.ReceiveAll());
        Assert.NotEmpty(call.Phone.ReceiveAll());
    }

    [Fact]
    public async Task A_new_SSRC_and_then_a_new_port_codec_and_packet_time_are_followed_within_60_ms()
    {
        using var call = new TestCall();
        using var moved = new TestPhone();
        await call.StartAsync();
        await SendPaced(call, packets: 5);
        call.Phone.Ssrc = 77;
        call.Phone.SequenceNumber = 100;
        call.Phone.Send(call.Agent, ToneFrames.AsSpan(0, 160));
        await TestCall.Until(() => call.Session.Statistics.SsrcChanges == 1, timeoutMs: 60);

        call.Session.Apply(call.Media with
        {
            RemoteRtp = moved.RtpEndPoint, Codec = CodecCatalog.Pcma, SendPayloadType = 8, ReceivePayloadType = 8, PtimeMs = 40,
        });
        Assert.NotNull(moved.Receive());   // the new answer is in force
        moved.Send(call.Agent, ToneFrames.AsSpan(0, 320), payloadType: 8);
        await TestCall.Until(() => call.Session.Statistics.PacketsReceived == 7, timeoutMs: 60);
        var packets = new[] { moved.Receive(), moved.Receive() };
        Assert.True(RtpPacket.TryParse(packets[0], out var first));
        Assert.True(RtpPacket.TryParse(packets[1], out var second));
        Assert.Equal(8, first.PayloadType);
        Assert.Equal(320, first.Payload.Length);
        Assert.Equal(320, SequenceNumber.TimestampDistance(first.Timestamp, second.Timestamp));
    }

    [Fact]
    public async Task On_hold_nothing_is_sent_the_agent_waits_and_the_sink_gets_silence()
    {
        using var call = new TestCall();
        call.Session.Apply(call.Media);
        Assert.NotNull(call.Phone.Receive());
        call.Session.Apply(call.Media with { Direction = MediaDirection.Inactive });
        await Task.Delay(60);
        call.Phone.ReceiveAll();
        call.Source.Add(Tone.Sine(24_000, 1000, 24_000));
        var fed = call.Sink.Ms;
        await Task.Delay(400);
        Assert.Empty(call.Phone.ReceiveAll());
        Assert.Equal(24_000, call.Source.Waiting);
        Assert.InRange(call.Sink.Ms - fed, 300, 5_000);

        await call.StartAsync();
        Assert.True(RtpPacket.TryParse(call.Phone.Receive(), out var resumed));
        Assert.True(resumed.Marker);
    }

    [Theory]
    [InlineData(MediaDirection.SendOnly)]    // a caller that said recvonly
    [InlineData(MediaDirection.RecvOnly)]
    [InlineData(MediaDirection.Inactive)]
    public async Task A_caller_that_need_not_send_is_not_missed_until_it_must(MediaDirection direction)
    {
        using var call = new TestCall(new RtpOptions { FirstPacketTimeout = TimeSpan.FromMilliseconds(100) });
        call.Session.Apply(call.Media with { Direction = direction });
        await Task.Delay(400);
        Assert.Equal(0, call.Listener.Timeouts);
        call.Session.Apply(call.Media);
        await TestCall.Until(() => call.Listener.Timeouts == 1);
    }

    [Fact]
    public async Task Digits_and_the_first_packet_are_told()
    {
        using var call = new TestCall();
        await call.StartAsync();
        call.Phone.Send(call.Agent, [9, 10, 0, 160], payloadType: 101, marker: true);
        await TestCall.Until(() => call.Listener.Digits.Count == 1);
        Assert.Equal(('9', 20), call.Listener.Digits.First());
        Assert.Equal(1, call.Listener.FirstPackets);
        Assert.Equal(1, call.Session.Statistics.Digits);
    }

    [Fact]
    public async Task A_fault_in_one_call_ends_that_calls_media_only()
    {
        var options = new RtpOptions();
        using var clock = new MediaClock(options, TimeProvider.System, NullLoggerFactory.Instance);
        using var broken = new TestCall(clock: clock, sink: new ThrowingSink());
        using var healthy = new TestCall(clock: clock);
        broken.Session.Apply(broken.Media);
        healthy.Session.Apply(healthy.Media);
        await TestCall.Until(() => broken.Listener.Faults.Count == 1);
        Assert.Equal(1, clock.Calls);
        healthy.Phone.ReceiveAll();
        Assert.NotNull(healthy.Phone.Receive());
        await SendPaced(healthy, packets: 3);
        await TestCall.Until(() => healthy.Session.Statistics.PacketsReceived == 3);
        Assert.IsType<InvalidOperationException>(Assert.Single(broken.Listener.Faults));
    }

    [Fact]
    public async Task Every_port_comes_back_whichever_way_calls_end()
    {
        Assert.True(RtpPortRange.TryParse("19000-19099", out var range));
        var options = new RtpOptions();
        using (var clock = new MediaClock(options, TimeProvider.System, NullLoggerFactory.Instance))
        {
            for (var i = 0; i < 120; i++)
            {
                Assert.True(range.TryLease(IPAddress.Loopback, out var pair));
                var sink = i % 4 == 1 ? (IPcmSink)new ThrowingSink() : new RecordingSink();
                var session = new MediaSession(
                    clock, pair, sink, new QueueSource(), new RecordingListener(), options, TimeProvider.System, NullLogger.Instance, $"c{i}");
                if (i % 4 != 0)
                    session.Apply(TestReceiver.MediaOf(MediaDirection.SendRecv));
                if (i < 100 || i % 4 == 0)
                    session.Dispose();
                await TestCall.Until(() => range.Leases - range.Returns <= 30);
            }
        }
        Assert.Equal(120, range.Leases);
        Assert.Equal(120, range.Returns);   // the last ones by the end of the clock
    }

    [Fact]
    public async Task Reports_reach_the_phone_and_a_goodbye_ends_them()
    {
        using var call = new TestCall(new RtpOptions { RtcpInterval = TimeSpan.FromSeconds(1) });
        call.Session.Apply(call.Media);
        await SendPaced(call, packets: 5);
        var report = call.Phone.Receive(2_000, call.Phone.Rtcp);
        Assert.Equal(200, report![1]);
        call.Session.Dispose();
        var last = call.Phone.Receive(2_000, call.Phone.Rtcp);
        Assert.Equal([0x81, 203, 0, 1], last![^8..^4]);
    }

    // On a thread of its own: other tests keep those of the pool busy, and a late packet is concealed.
    private static Task SendPaced(TestCall call, int packets) =>
        Task.Factory.StartNew(() => Send(call, packets), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Send(TestCall call, int packets)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < packets; i++)
        {
            call.Phone.Send(call.Agent, ToneFrames.AsSpan(i * 160 % 8000, 160));
            var due = (i + 1) * 20 - (int)clock.ElapsedMilliseconds;
            if (due > 0)
                Thread.Sleep(due);
        }
    }

    private static byte[] Encode(short[] pcm)
    {
        var payload = new byte[pcm.Length];
        CodecCatalog.CreateEncoder(CodecCatalog.Pcmu).Encode(pcm, payload);
        return payload;
    }

    private static short[] Decode(ReadOnlySpan<byte> payload)
    {
        var pcm = new short[payload.Length];
        CodecCatalog.CreateDecoder(CodecCatalog.Pcmu).Decode(payload, pcm);
        return pcm;
    }

    private sealed class ThrowingSink : IPcmSink
    {
        public int SampleRateHz => 16_000;

        public void Write(ReadOnlySpan<short> pcm) => throw new InvalidOperationException("broken sink");
    }
}
