using System.Net;
using System.Net.Sockets;
using Telephony.Rtp;

namespace Telephony.Tests.Rtp;

public sealed class SourceLockTests
{
    private const long Ms = 1_000_000;
    private const long Second = 1_000 * Ms;

    private static readonly SocketAddress Sdp = Address("192.0.2.1", 4000);
    private static readonly SocketAddress SameHost = Address("192.0.2.1", 5000);
    private static readonly SocketAddress SamePort = Address("198.51.100.9", 4000);
    private static readonly SocketAddress Stranger = Address("203.0.113.7", 6000);

    private readonly SourceLock _lock = new(AddressFamily.InterNetwork, 5 * Second);

    public SourceLockTests() => _lock.Expect(Sdp, 0);

    [Fact]
    public void The_source_of_SDP_is_believed_at_its_first_packet()
    {
        Assert.Equal(Sdp, _lock.Target);
        Assert.True(_lock.Accept(Sdp, 1, 100, 0));
        Assert.True(_lock.IsLocked);
    }

    [Fact]
    public void Once_the_SDP_source_has_spoken_no_stranger_is_heard_or_fed()
    {
        _lock.Accept(Sdp, 1, 100, 0);
        for (var i = 0; i < 3_000; i++)
        {
            Assert.True(_lock.Accept(Sdp, 1, (ushort)(101 + i), 20 * i * Ms));
            foreach (var stranger in new[] { SameHost, SamePort, Stranger })
            {
                Assert.False(_lock.Accept(stranger, 1, (ushort)(101 + i), 20 * i * Ms));
                Assert.False(_lock.Accept(stranger, 2, (ushort)i, 20 * i * Ms));
            }
            Assert.Equal(Sdp, _lock.Target);
        }
    }

    [Fact]
    public void Behind_NAT_the_same_host_is_believed_after_four_packets_in_sequence()
    {
        for (var i = 0; i < 3; i++)
            Assert.False(_lock.Accept(SameHost, 1, (ushort)(65_534 + i), i * 20 * Ms));
        Assert.Equal(Sdp, _lock.Target);
        Assert.True(_lock.Accept(SameHost, 1, 1, 60 * Ms));
        Assert.Equal(SameHost, _lock.Target);
        Assert.False(_lock.Accept(Stranger, 1, 2, 60 * Ms));
    }

    [Theory]
    [InlineData(new ushort[] { 1, 3, 5, 7, 9, 11 }, new uint[] { 1, 1, 1, 1, 1, 1 })]
    [InlineData(new ushort[] { 1, 2, 3, 4, 5, 6 }, new uint[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(new ushort[] { 1, 1, 1, 1, 1, 1 }, new uint[] { 1, 1, 1, 1, 1, 1 })]
    public void A_spray_without_sequence_is_never_believed(ushort[] sequence, uint[] ssrc)
    {
        for (var i = 0; i < sequence.Length; i++)
            Assert.False(_lock.Accept(SameHost, ssrc[i], sequence[i], i * Second));
        Assert.Equal(Sdp, _lock.Target);
    }

    [Fact]
    public void A_strange_host_must_wait_and_loses_against_the_host_of_the_signalling()
    {
        _lock.ExpectHost(IPAddress.Parse("198.51.100.9"));
        var fedToStranger = 0;
        for (var i = 0; i < 50; i++)
        {
            Assert.False(_lock.Accept(Stranger, 9, (ushort)i, i * 20 * Ms));
            if (i >= 5)
                _lock.Accept(SamePort, 1, (ushort)(500 + i), i * 20 * Ms);
            fedToStranger += _lock.Target!.Equals(Stranger) ? 1 : 0;
        }
        Assert.Equal(SamePort, _lock.Target);
        Assert.Equal(0, fedToStranger);
    }

    [Fact]
    public void A_strange_host_alone_is_believed_after_300_ms()
    {
        var locked = Enumerable.Range(0, 50).First(i => _lock.Accept(Stranger, 1, (ushort)i, i * 20 * Ms));
        Assert.Equal(15, locked);
    }

    [Fact]
    public void The_SDP_source_is_taken_back_when_it_speaks_at_last()
    {
        for (var i = 0; i < 4; i++)
            _lock.Accept(SameHost, 1, (ushort)i, i * 20 * Ms);
        Assert.Equal(SameHost, _lock.Target);
        Assert.True(_lock.Accept(Sdp, 1, 900, 100 * Ms));
        Assert.Equal(Sdp, _lock.Target);
        Assert.False(_lock.Accept(SameHost, 1, 4, 120 * Ms));
    }

    [Fact]
    public void Another_source_is_learned_after_long_silence_unless_RTCP_still_comes()
    {
        _lock.Accept(Sdp, 1, 0, 0);
        Assert.True(_lock.AcceptRtcp(Address("192.0.2.1", 4001), sdpRtcp: null, 4 * Second));
        for (var i = 0; i < 10; i++)
            Assert.False(_lock.Accept(SameHost, 1, (ushort)i, 6 * Second + i * 20 * Ms));
        var locked = Enumerable.Range(0, 10).First(i => _lock.Accept(SameHost, 1, (ushort)i, 10 * Second + i * 20 * Ms));
        Assert.Equal(3, locked);
    }

    [Fact]
    public void A_new_answer_with_another_address_opens_the_lock_but_not_for_the_old_source()
    {
        _lock.Accept(Sdp, 1, 0, 0);
        var moved = Address("192.0.2.1", 7000);
        _lock.Expect(moved, Second);
        Assert.Equal(moved, _lock.Target);
        for (var i = 0; i < 10; i++)
            Assert.False(_lock.Accept(Sdp, 1, (ushort)i, Second + i * 20 * Ms));
        Assert.True(_lock.Accept(moved, 2, 0, Second + 200 * Ms));
    }

    [Fact]
    public void A_new_answer_with_the_same_address_keeps_the_lock()
    {
        for (var i = 0; i < 4; i++)
            _lock.Accept(SameHost, 1, (ushort)i, i * 20 * Ms);
        _lock.Expect(Address("192.0.2.1", 4000), Second);
        Assert.Equal(SameHost, _lock.Target);
        _lock.Expect(null, 2 * Second);
        Assert.Equal(SameHost, _lock.Target);
    }

    [Fact]
    public void RTCP_counts_from_the_address_in_SDP_and_from_the_locked_host_only()
    {
        var sdpRtcp = Address("192.0.2.1", 4001);
        Assert.True(_lock.AcceptRtcp(sdpRtcp, sdpRtcp, 0));
        Assert.False(_lock.AcceptRtcp(SameHost, sdpRtcp, 0));
        Assert.False(_lock.AcceptRtcp(Stranger, sdpRtcp, 0));
        _lock.Accept(Sdp, 1, 0, 0);
        Assert.True(_lock.AcceptRtcp(SameHost, sdpRtcp, 0));
        Assert.False(_lock.AcceptRtcp(Stranger, sdpRtcp, 0));
    }

    [Theory]
    [InlineData("0.0.0.0", 4000)]
    [InlineData("::", 4000)]
    [InlineData("192.0.2.1", 0)]
    public void An_address_that_names_nobody_is_null(string host, int port) =>
        Assert.Null(SourceAddress.From(new IPEndPoint(IPAddress.Parse(host), port), AddressFamily.InterNetwork));

    private static SocketAddress Address(string host, int port) => new IPEndPoint(IPAddress.Parse(host), port).Serialize();
}
