using System.Buffers.Binary;
using Support;
using Telephony.Rtp;
using Telephony.Rtp.Srtp;

namespace Telephony.Tests.Rtp.Srtp;

/// <summary>Sender and receiver together over a way that loses, doubles, reorders and forges: goal A21, the part below the call.</summary>
public sealed class SrtpContextTests
{
    private const uint Ssrc = 0x11223344;

    public static TheoryData<string> Suites => [.. SrtpSuite.All.Select(suite => suite.Name)];

    [Theory, MemberData(nameof(Suites))]
    public void Every_packet_comes_out_as_it_went_in_over_two_roll_overs(string suite)
    {
        using var way = new Way(suite);
        for (var i = 65_000; i < 205_000; i += i % 65_536 is > 65_500 or < 30 ? 1 : 97)
            Assert.Equal(SrtpVerdict.Authentic, way.Receive(way.Send(i)));
    }

    // Around the wrap and around its half, where the estimate of the roll-over counter changes its mind.
    [Theory]
    [InlineData(65_530)]
    [InlineData(32_760)]
    [InlineData(131_060)]
    public void Packets_in_any_order_within_the_window_are_taken_once(int first)
    {
        using var way = new Way("AES_CM_128_HMAC_SHA1_80");
        way.SendTo(first);
        var packets = Enumerable.Range(first, 100).Select(way.Send).ToArray();
        way.Receive(packets[0]);
        var order = Enumerable.Range(1, 99).ToArray();
        new Random(1).Shuffle(order);
        Assert.All(order, i => Assert.Equal(SrtpVerdict.Authentic, way.Receive(packets[i])));
        Assert.All(packets, packet => Assert.Equal(SrtpVerdict.Replayed, way.Receive(packet)));
    }

    [Fact]
    public void A_packet_older_than_the_window_is_refused()
    {
        using var way = new Way("AES_CM_128_HMAC_SHA1_80");
        var packets = Enumerable.Range(0, 200).Select(way.Send).ToArray();
        way.Receive(packets[0]);
        Assert.Equal(SrtpVerdict.Authentic, way.Receive(packets[199]));
        Assert.Equal(SrtpVerdict.Authentic, way.Receive(packets[199 - 127]));
        Assert.Equal(SrtpVerdict.Replayed, way.Receive(packets[199 - 128]));
    }

    [Theory, MemberData(nameof(Suites))]
    public void Not_a_single_bit_may_be_changed(string suite)
    {
        using var way = new Way(suite);
        var packet = way.Send(7);
        for (var bit = 0; bit < packet.Length * 8; bit++)
        {
            packet[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.NotEqual(SrtpVerdict.Authentic, way.Receive(packet));
            packet[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.Equal(SrtpVerdict.Authentic, way.Receive(packet));
    }

    [Theory, MemberData(nameof(Suites))]
    public void Nor_of_RTCP(string suite)
    {
        using var way = new Way(suite);
        var report = way.SendRtcp();
        for (var bit = 0; bit < report.Length * 8; bit++)
        {
            report[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.NotEqual(SrtpVerdict.Authentic, way.ReceiveRtcp(report));
            report[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.Equal(SrtpVerdict.Authentic, way.ReceiveRtcp(report));
        Assert.Equal(SrtpVerdict.Replayed, way.ReceiveRtcp(report));
        Assert.Equal(SrtpVerdict.Authentic, way.ReceiveRtcp(way.SendRtcp()));
    }

    // Roll-over poisoning: a stranger's packets, whatever their numbers, must not move the counter.
    [Fact]
    public void Forged_packets_do_not_move_the_roll_over_counter()
    {
        using var way = new Way("AES_CM_128_HMAC_SHA1_80");
        using var stranger = new Way("AES_CM_128_HMAC_SHA1_80");
        Assert.Equal(SrtpVerdict.Authentic, way.Receive(way.Send(100)));
        foreach (var number in (int[])[101, 20_000, 40_000, 60_000, 65_535, 0])
            Assert.NotEqual(SrtpVerdict.Authentic, way.Receive(stranger.Send(number)));
        Assert.Equal(SrtpVerdict.Authentic, way.Receive(way.Send(101)));
    }

    [Fact]
    public void A_stream_whose_first_packets_are_lost_over_the_wrap_is_heard()
    {
        using var way = new Way("AES_CM_128_HMAC_SHA1_80");
        var early = way.Send(65_535);
        Assert.Equal(SrtpVerdict.Authentic, way.Receive(way.Send(65_539)));
        Assert.Equal(SrtpVerdict.Authentic, way.Receive(early));
        Assert.Equal(SrtpVerdict.Authentic, way.Receive(way.Send(65_540)));
    }

    [Fact]
    public void Every_source_has_a_counter_of_its_own()
    {
        using var way = new Way("AES_CM_128_HMAC_SHA1_80");
        using var other = new Way("AES_CM_128_HMAC_SHA1_80", way.Key);
        way.Receive(way.SendTo(70_000));
        Assert.Equal(SrtpVerdict.Authentic, way.Receive(other.Send(5, Ssrc + 1)));
        Assert.Equal(SrtpVerdict.Authentic, way.Receive(way.Send(70_000)));
        Assert.Equal(SrtpVerdict.Authentic, way.Receive(other.Send(6, Ssrc + 1)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_change_of_key_the_peer_may_keep_its_counter_or_begin_anew(bool keeps)
    {
        using var way = new Way("AES_CM_128_HMAC_SHA1_80");
        for (var i = 0; i < 200_000; i += 1_000)
            way.Receive(way.Send(i));
        using var after = new Way("AES_CM_128_HMAC_SHA1_80");
        after.Receiver.Follow(way.Receiver);
        if (keeps)
            after.SendTo(200_000);
        Assert.Equal(SrtpVerdict.Authentic, after.Receive(after.Send(200_000)));
        Assert.Equal(SrtpVerdict.Authentic, after.Receive(after.Send(200_001)));
        Assert.Equal(SrtpVerdict.Forged, after.Receive(way.Send(200_002)));
    }

    [Fact]
    public void A_peer_that_changes_its_source_without_end_is_heard()
    {
        using var receiver = new SrtpReceiver(Way.NewKey("AES_CM_128_HMAC_SHA1_80", out var key));
        for (uint ssrc = 0; ssrc < 500; ssrc++)
        {
            using var way = new Way("AES_CM_128_HMAC_SHA1_80", key);
            Assert.Equal(SrtpVerdict.Authentic, receiver.Unprotect(way.Send(9, ssrc), out _));
        }
    }

    [Theory, MemberData(nameof(Suites))]
    public void Whatever_comes_in_is_refused_and_never_throws(string suite)
    {
        using var way = new Way(suite);
        var random = new Random(1);
        var junk = new byte[2_100];
        for (var i = 0; i < 3_000; i++)
        {
            random.NextBytes(junk);
            junk[0] = (byte)(i % 3 == 0 ? junk[0] : 0x80 | junk[0] & 0x3F);
            var length = i < 200 ? i : random.Next(junk.Length);
            Assert.NotEqual(SrtpVerdict.Authentic, way.Receive(junk.AsSpan(0, length).ToArray()));
            Assert.NotEqual(SrtpVerdict.Authentic, way.ReceiveRtcp(junk.AsSpan(0, length).ToArray()));
        }
    }

    [Theory, MemberData(nameof(Suites))]
    public void Protecting_and_refusing_allocates_nothing(string suite)
    {
        var key = Way.NewKey(suite, out _);
        using var sender = new SrtpSender(key);
        using var receiver = new SrtpReceiver(key);
        var buffer = new byte[12 + 160 + SrtpSender.MaxOverheadBytes];
        var report = new byte[80];
        report[0] = 0x80;
        var number = 0;
        var round = () =>
        {
            RtpWriter.WriteHeader(buffer, 0, marker: false, (ushort)number++, 0, Ssrc);
            var bytes = sender.Protect(buffer, 12, 172);
            receiver.Unprotect(buffer.AsSpan(0, bytes), out _);
            receiver.Unprotect(buffer.AsSpan(0, bytes), out _);
            buffer[20] ^= 1;
            buffer[3] += 50;
            receiver.Unprotect(buffer.AsSpan(0, bytes), out _);
            receiver.UnprotectRtcp(sender.ProtectRtcp(report), out _);
        };
        Assert.Equal(0, Allocations.Of(round));
    }

    [Fact]
    public void A_key_is_never_shown()
    {
        var key = Way.NewKey("AES_CM_128_HMAC_SHA1_80", out _);
        var shown = $"{key} {new SrtpKeys(key, key)} {key.GetHashCode()}";
        Assert.DoesNotContain(key.ToBase64()[..8], shown, StringComparison.Ordinal);
        Assert.StartsWith("AES_CM_128_HMAC_SHA1_80 SrtpKeys", shown, StringComparison.Ordinal);
    }

    private sealed class Way : IDisposable
    {
        private const int HeaderBytes = 12;
        private readonly SrtpSender _sender;

        public Way(string suite, SrtpMasterKey? key = null)
        {
            Key = key ?? NewKey(suite, out _);
            _sender = new SrtpSender(Key);
            Receiver = new SrtpReceiver(Key);
        }

        public SrtpMasterKey Key { get; }

        public SrtpReceiver Receiver { get; }

        public static SrtpMasterKey NewKey(string name, out SrtpMasterKey key)
        {
            Assert.True(SrtpSuite.TryGet(name, out var suite));
            return key = SrtpMasterKey.Create(suite);
        }

        public byte[] Send(int number) => Send(number, Ssrc);

        public byte[] Send(int number, uint ssrc)
        {
            var packet = new byte[HeaderBytes + 4 + SrtpSender.MaxOverheadBytes];
            RtpWriter.WriteHeader(packet, 0, marker: false, (ushort)number, 0, ssrc);
            BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(HeaderBytes), number);
            return packet[.._sender.Protect(packet, HeaderBytes, HeaderBytes + 4)];
        }

        /// <summary>Everything up to a number is lost but for the last.</summary>
        public byte[] SendTo(int number)
        {
            for (var i = 0; i < number - 1; i += 10_000)
                Send(i);
            return Send(number - 1);
        }

        public SrtpVerdict Receive(byte[] packet)
        {
            var verdict = Receiver.Unprotect(packet, out var plain);
            if (verdict == SrtpVerdict.Authentic)
                Assert.Equal(BinaryPrimitives.ReadUInt16BigEndian(plain[2..]), (ushort)BinaryPrimitives.ReadInt32BigEndian(plain[HeaderBytes..]));
            return verdict;
        }

        public byte[] SendRtcp() => [.. _sender.ProtectRtcp([0x80, 201, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8])];

        public SrtpVerdict ReceiveRtcp(byte[] packet) => Receiver.UnprotectRtcp(packet, out _);

        public void Dispose()
        {
            _sender.Dispose();
            Receiver.Dispose();
        }
    }
}
