using System.Net;
using System.Net.Sockets;
using Telephony.Rtp;

namespace Telephony.Tests.Rtp;

public sealed class RtpPortRangeTests
{
    [Theory]
    [InlineData("20000-29998", 5000)]
    [InlineData("20001-20004", 2)]
    [InlineData(" 1024 - 1025 ", 1)]
    public void Reads_a_range(string text, int pairs)
    {
        Assert.True(RtpPortRange.TryParse(text, out var range));
        Assert.Equal(pairs, range.Pairs);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("20000")]
    [InlineData("29998-20000")]
    [InlineData("20000-20000")]
    [InlineData("1000-2000")]
    [InlineData("20000-65537")]
    [InlineData("-20000")]
    [InlineData("a-b")]
    [InlineData("20000-20010-20020")]
    public void Refuses(string? text) => Assert.False(RtpPortRange.TryParse(text, out _));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void A_pair_is_an_even_port_and_the_odd_one_above_both_bound(string address)
    {
        var range = Parse("40000-40998");
        Assert.True(range.TryLease(IPAddress.Parse(address), out var pair));
        using (pair)
        {
            Assert.Equal(0, pair.RtpPort % 2);
            Assert.Equal(pair.RtpPort, ((IPEndPoint)pair.Rtp.LocalEndPoint!).Port);
            Assert.Equal(pair.RtpPort + 1, ((IPEndPoint)pair.Rtcp.LocalEndPoint!).Port);
        }
    }

    [Fact]
    public void A_port_just_closed_is_the_last_to_be_used_again()
    {
        var range = Parse("41000-41019");
        Assert.True(range.TryLease(IPAddress.Loopback, out var first));
        var closed = first.RtpPort;
        first.Dispose();
        for (var i = 0; i < 8; i++)
        {
            Assert.True(range.TryLease(IPAddress.Loopback, out var next));
            Assert.NotEqual(closed, next.RtpPort);
            next.Dispose();
        }
    }

    [Fact]
    public void An_exhausted_range_fails_cleanly_and_recovers()
    {
        var range = Parse("42000-42005");
        var pairs = new List<RtpPortPair>();
        while (range.TryLease(IPAddress.Loopback, out var pair))
            pairs.Add(pair);
        Assert.InRange(pairs.Count, 1, 3);
        pairs[0].Dispose();
        Assert.True(range.TryLease(IPAddress.Loopback, out var again));
        again.Dispose();
    }

    [Fact]
    public void A_pair_with_a_port_that_another_process_holds_is_passed_over()
    {
        var range = Parse("43000-43003");
        using var squatter = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        squatter.Bind(new IPEndPoint(IPAddress.Loopback, 43_001));
        Assert.True(range.TryLease(IPAddress.Loopback, out var pair));
        using (pair)
            Assert.Equal(43_002, pair.RtpPort);
        Assert.Equal(range.Leases, range.Returns);
    }

    [Fact]
    public async Task Leased_and_returned_balance_after_churn_from_many_threads()
    {
        var range = Parse("44000-44199");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                Assert.True(range.TryLease(IPAddress.Loopback, out var pair));
                pair.Dispose();
                pair.Dispose();
            }
        })));
        Assert.Equal(400, range.Leases);
        Assert.Equal(400, range.Returns);
    }

    private static RtpPortRange Parse(string text) => RtpPortRange.TryParse(text, out var range) ? range : throw new ArgumentException(text);
}
