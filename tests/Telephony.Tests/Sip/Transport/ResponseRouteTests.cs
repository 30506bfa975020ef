using System.Net;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transport;

/// <summary>RFC 3261 section 18.2 and RFC 3581: what is written into the topmost Via, and where the answer goes.</summary>
public sealed class ResponseRouteTests
{
    [Theory]
    [InlineData("SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKa", "192.0.2.1:6000", "SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKa", "192.0.2.1:5070")]
    [InlineData("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa", "192.0.2.1:6000", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa", "192.0.2.1:5060")]
    [InlineData("SIP/2.0/UDP phone.example.com:5070", "192.0.2.1:6000", "SIP/2.0/UDP phone.example.com:5070;received=192.0.2.1", "192.0.2.1:5070")]
    [InlineData("SIP/2.0/UDP 10.0.0.1:5070", "192.0.2.1:6000", "SIP/2.0/UDP 10.0.0.1:5070;received=192.0.2.1", "192.0.2.1:6000")]
    [InlineData("SIP/2.0/UDP 10.0.0.1:5070;rport", "192.0.2.1:6000", "SIP/2.0/UDP 10.0.0.1:5070;rport=6000;received=192.0.2.1", "192.0.2.1:6000")]
    [InlineData("SIP/2.0/UDP 10.0.0.1:5070", "10.0.0.9:6000", "SIP/2.0/UDP 10.0.0.1:5070;received=10.0.0.9", "10.0.0.9:5070")]
    [InlineData("SIP/2.0/UDP [fd00::7]:5070", "[2001:db8::1]:6000", "SIP/2.0/UDP [fd00::7]:5070;received=2001:db8::1", "[2001:db8::1]:6000")]
    [InlineData("SIP/2.0/UDP 192.0.2.1:5070;maddr=203.0.113.9", "192.0.2.1:6000", "SIP/2.0/UDP 192.0.2.1:5070;maddr=203.0.113.9", "192.0.2.1:5070")]
    [InlineData("SIP/2.0/UDP 192.0.2.1:5070;received=203.0.113.9", "192.0.2.1:6000", "SIP/2.0/UDP 192.0.2.1:5070;received=203.0.113.9", "192.0.2.1:5070")]
    [InlineData("SIP/2.0/UDP [2001:db8::1]:5070", "[2001:db8::1]:6000", "SIP/2.0/UDP [2001:db8::1]:5070", "[2001:db8::1]:5070")]
    [InlineData("SIP/2.0/UDP [2001:db8::9];rport", "[2001:db8::1]:6000", "SIP/2.0/UDP [2001:db8::9];rport=6000;received=2001:db8::1", "[2001:db8::1]:6000")]
    public void Answer_goes_to_the_source_address_and_the_port_that_was_asked_for(string via, string source, string stamped, string destination)
    {
        var remote = IPEndPoint.Parse(source);
        var flow = new SipFlow(new InMemoryTransport(new(SipProtocol.Udp, new IPEndPoint(IPAddress.Any, 5060))), remote, IPAddress.Loopback);
        Assert.True(Via.TryParse(via, out var topVia));

        var after = ResponseRoute.Stamp(topVia, remote);

        Assert.True(Via.TryParse(stamped, out var expected));
        Assert.Equal(expected.Received, after.Received);
        Assert.Equal(expected.RPort, after.RPort);
        Assert.Equal(IPEndPoint.Parse(destination), ResponseRoute.For(flow, after).Remote);
    }

    [Fact]
    public void On_a_stream_the_connection_comes_first_and_the_port_of_sent_by_is_for_a_new_one()
    {
        var connection = new FakeConnection();
        var transport = new InMemoryTransport(new(SipProtocol.Tcp, new IPEndPoint(IPAddress.Any, 5060)));
        Assert.True(Via.TryParse("SIP/2.0/TCP 192.0.2.1:5070;rport=6000;branch=z9hG4bKa", out var via));

        var route = ResponseRoute.For(new SipFlow(transport, IPEndPoint.Parse("192.0.2.1:6000"), IPAddress.Loopback, connection), via);

        Assert.Same(connection, route.Connection);
        Assert.Equal(IPEndPoint.Parse("192.0.2.1:5070"), route.Remote);
    }
}
