using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

public sealed class ViaTests
{
    [Fact]
    public void Via_of_the_rfc_is_read()
    {
        Assert.True(Via.TryParse("SIP/2.0/UDP pc33.atlanta.com:5066;branch=z9hG4bK776asdhds;received=192.0.2.1;ttl=16;maddr=224.2.0.1", out var via));

        Assert.Equal("UDP", via.Transport);
        Assert.Equal("pc33.atlanta.com", via.Host);
        Assert.Equal(5066, via.Port);
        Assert.Equal("z9hG4bK776asdhds", via.Branch);
        Assert.Equal("192.0.2.1", via.Received);
        Assert.Equal("224.2.0.1", via.Parameters.Get("maddr"));
        Assert.False(via.HasRPort);
    }

    [Theory]
    [InlineData("SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1", "first.example.com", 4000)]   // RFC 3261 section 20.42
    [InlineData("sip/2.0/udp\t[2001:db8::9:1]:5060;branch=x", "2001:db8::9:1", 5060)]
    [InlineData("SIP/2.0/TCP host_1", "host_1", null)]
    public void White_space_and_ipv6_are_read(string text, string host, int? port)
    {
        Assert.True(Via.TryParse(text, out var via));

        Assert.Equal(host, via.Host);
        Assert.Equal(port, via.Port);
        Assert.True(via.Transport is "UDP" or "TCP");
    }

    [Theory]
    [InlineData("")]
    [InlineData("SIP/2.0/UDP")]
    [InlineData("SIP/2.0/UDP ")]
    [InlineData("SIP/2.0 h")]
    [InlineData("SIP//UDP h")]
    [InlineData("SIP/2.0/UDP h;;branch=x")]
    [InlineData("SIP/2.0/UDP h;branch=\"x")]
    [InlineData("SIP/2.0/UDP h:99999")]
    [InlineData("SIP/2.0/UDP h i")]
    [InlineData("SIP/2.0/UDP 2001:db8::1")]
    public void Illegal_via_is_refused(string text) => Assert.False(Via.TryParse(text, out _));

    [Fact]
    public void Receiver_fills_in_received_and_rport()
    {
        Assert.True(Via.TryParse("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff", out var via));   // RFC 3581 section 5

        Assert.True(via.HasRPort);
        Assert.Null(via.RPort);
        Assert.Equal(
            "SIP/2.0/UDP 10.1.1.1:4540;rport=9988;branch=z9hG4bKkjshdyff;received=192.0.2.1",
            (via with { RPort = 9988, Received = "192.0.2.1" }).ToString());
    }

    [Theory]
    [InlineData("received=2001:db8::1")]
    [InlineData("received=[2001:db8::1]")]
    public void Received_ipv6_address_comes_without_brackets(string parameter)
    {
        Assert.True(Via.TryParse("SIP/2.0/UDP h;" + parameter, out var via));

        Assert.Equal("2001:db8::1", via.Received);
    }

    [Fact]
    public void Via_is_built_from_parts()
    {
        var via = new Via { Transport = "TCP", Host = "2001:db8::1", Port = 5060, HasRPort = true, Branch = Via.MagicCookie + "1" };

        Assert.Equal("SIP/2.0/TCP [2001:db8::1]:5060;rport;branch=z9hG4bK1", via.ToString());
    }
}
