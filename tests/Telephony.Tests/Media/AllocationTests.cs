using System.Net;
using System.Net.Sockets;
using Support;
using Telephony.Audio;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sdp;

namespace Telephony.Tests.Media;

/// <summary>The media path allocates at setup only: nothing per packet, nothing per tick.</summary>
public sealed class AllocationTests
{
    private const long Ms = 1_000_000;
    private const int Warm = 2_000;
    private const int Measured = 10_000;
    private const int MediaThreadRounds = 15;

    [Fact]
    public void Receiving_allocates_nothing()
    {
        var receiver = new TestReceiver(sink: new NullSink());
        var frame = TestReceiver.ToneFrame(0);
        Receive(receiver, frame, 0, Warm);
        var next = Warm;
        Assert.Equal(0, Allocations.OfRound(() => Receive(receiver, frame, next, next += Measured)));
        Assert.InRange(receiver.Counters.PacketsLost, next / 30, next / 10);
        Assert.InRange(receiver.Counters.PacketsDuplicate, next / 50, next / 10);
    }

    [Fact]
    public void Sending_allocates_nothing()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var phone = new TestPhone();
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var counters = new MediaCounters();
        var schedule = new SendSchedule();
        var path = new SendPath(TestReceiver.MediaOf(MediaDirection.SendRecv), new HummingSource(), new RtpSender(new RtpSocket(socket)), schedule, new DigitSender((_, _) => { }), counters);
        var to = phone.RtpEndPoint.Serialize();
        Send(path, schedule, to, Warm);
        Assert.Equal(0, Allocations.OfRound(() => Send(path, schedule, to, Measured)));
        Assert.InRange(counters.PacketsSent, Warm + Measured, Warm + Allocations.Rounds * Measured);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("AES_CM_128_HMAC_SHA1_80")]
    [InlineData("AEAD_AES_256_GCM")]
    public async Task The_media_thread_allocates_nothing_while_calls_run(string? suite)
    {
        using var call = new TestCall(source: new HummingSource(), sink: new NullSink());
        call.Session.Apply(suite is null ? call.Media : call.Media with { Srtp = call.Phone.Encrypt(suite) });
        await PlayToneAsync(call);       // first uses: sockets, timers, type loading
        // More rounds than elsewhere: this thread's methods are recompiled while other tests keep the compiler busy.
        var least = long.MaxValue;
        for (var round = 0; round < MediaThreadRounds && least > 0; round++)
        {
            var before = call.Clock.AllocatedBytes;
            await PlayToneAsync(call);
            least = Math.Min(least, call.Clock.AllocatedBytes - before);
        }
        Assert.Equal(0, least);
        Assert.InRange(call.Session.Statistics.PacketsSent, 80, 1_000 * MediaThreadRounds);
        Assert.InRange(call.Session.Statistics.PacketsReceived, 100, 50 * (MediaThreadRounds + 1));
    }

    // Every twentieth packet lost, every thirtieth doubled, every fortieth a telephone event, every fiftieth overtaken.
    private static void Receive(TestReceiver receiver, byte[] frame, int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            receiver.RunTo(20 * i);
            if (i % 50 == 0)
                receiver.Audio(i + 1, frame);
            if (i % 40 == 0)
                receiver.Send(i, i * 160, 101, frame.AsSpan(0, 4));
            else if (i % 20 != 1)
                receiver.Audio(i, frame);
            if (i % 30 == 0)
                receiver.Audio(i, frame);
        }
    }

    private static void Send(SendPath path, SendSchedule schedule, SocketAddress to, int packets)
    {
        for (var i = 0; i < packets; i++)
        {
            if (i % 100 == 0)
                path.AudioReady(schedule.DueNs - 5 * Ms);
            path.Tick(to, schedule.DueNs);
        }
    }

    private static async Task PlayToneAsync(TestCall call)
    {
        var frame = TestReceiver.ToneFrame(0);
        for (var i = 0; i < 50; i++)
        {
            call.Phone.Send(call.Agent, frame);
            await Task.Delay(20);
        }
    }

    private sealed class NullSink : IPcmSink
    {
        public int SampleRateHz => 16_000;

        public void Write(ReadOnlySpan<short> pcm)
        {
        }
    }

    /// <summary>Audio for 80 ms, then idle for 20 ms.</summary>
    private sealed class HummingSource : IPcmSource
    {
        private int _frames;

        public int SampleRateHz => 24_000;

        public int Read(Span<short> frame)
        {
            frame.Clear();
            if (_frames++ % 5 == 4)
                return 0;
            for (var i = 0; i < frame.Length; i++)
                frame[i] = (short)(i * 37);
            return frame.Length;
        }
    }
}
