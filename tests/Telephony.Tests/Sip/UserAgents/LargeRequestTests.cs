using System.Net;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Requests of ours that would not fit a packet go by TCP, and by UDP after all where the peer takes none (RFC 3261 section 18.1.1).</summary>
public sealed class LargeRequestTests
{
    private static readonly string LongReason = $"SIP;cause=200;text=\"{new string('x', 1_200)}\"";

    [Fact]
    public void Large_request_goes_by_tcp_and_says_so()
    {
        var bench = WithTcp();
        bench.Call!.Bye(LongReason);

        var (text, to) = Assert.Single(bench.SecondWire.Sent);
        Assert.StartsWith("BYE ", text, StringComparison.Ordinal);
        Assert.Contains("Via: SIP/2.0/TCP 198.51.100.5:5062;", text, StringComparison.Ordinal);
        Assert.Equal(IPEndPoint.Parse("192.0.2.10:5070"), to);
        Assert.Empty(bench.TakeSent());
        bench.Advance(31);
        Assert.Single(bench.SecondWire.Sent);   // a stream needs no repetition
    }

    [Fact]
    public void Small_request_stays_on_udp()
    {
        var bench = WithTcp();
        bench.Call!.Bye();

        Assert.Single(bench.TakeSent());
        Assert.Empty(bench.SecondWire.Sent);
    }

    [Fact]
    public void Large_request_goes_by_udp_where_tcp_is_refused_and_is_repeated_there()
    {
        var bench = WithTcp();
        bench.SecondWire.IsBroken = true;
        bench.Call!.Bye(LongReason);

        var bye = Assert.Single(bench.TakeSent());
        Assert.Contains("Via: SIP/2.0/UDP 198.51.100.5:5060;", bye, StringComparison.Ordinal);
        Assert.DoesNotContain("/TCP", bye.Split("\r\n").First(line => line.StartsWith("Via:", StringComparison.Ordinal)), StringComparison.Ordinal);
        bench.Advance(0.5);
        Assert.Equal(bye, Assert.Single(bench.TakeSent()));
        Assert.Empty(bench.Events);
    }

    [Fact]
    public void Large_request_that_leaves_by_neither_has_failed()
    {
        var bench = WithTcp();
        bench.SecondWire.IsBroken = bench.Wire.IsBroken = true;
        bench.Call!.Bye(LongReason);

        Assert.Equal(["bye completed"], bench.Events);
    }

    [Fact]
    public void Large_request_goes_by_udp_where_we_have_no_tcp()
    {
        var bench = new SipBench();
        bench.Answered();
        bench.Call!.Bye(LongReason);

        Assert.Single(bench.TakeSent());
    }

    [Fact]
    public void Large_request_through_a_NAT_stays_on_the_only_way_there_is()
    {
        var bench = WithTcp(peer => peer.Contact = "<sip:caller@192.168.1.5:5060>");
        bench.Call!.Bye(LongReason);

        Assert.Single(bench.TakeSent());
        Assert.Empty(bench.SecondWire.Sent);
        Assert.Equal(SipBench.Peer, bench.Wire.Sent[^1].To);
    }

    private static SipBench WithTcp(Action<PeerScript>? peer = null)
    {
        var bench = new SipBench(configure: options => options with { Listen = [.. options.Listen, new(SipProtocol.Tcp, new IPEndPoint(IPAddress.Any, 5062))] });
        bench.Answered(configure: peer);
        return bench;
    }
}
