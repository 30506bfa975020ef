using System.Net;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transport;

/// <summary>Goal A29: zones stay on this machine, and what a link-local peer names is looked for where the peer is.</summary>
public sealed class LinkLocalTests
{
    [Theory]
    [InlineData("fe80::1%2", "fe80::1")]
    [InlineData("fe80::1", "fe80::1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    public void Others_are_told_no_zone(string address, string told) => Assert.Equal(told, LinkLocal.WithoutZone(IPAddress.Parse(address)).ToString());

    [Theory]
    [InlineData("fe80::1", "fe80::9%2", "fe80::1%2")]
    [InlineData("fe80::1%3", "fe80::9%2", "fe80::1%3")]
    [InlineData("fe80::1", "2001:db8::9", "fe80::1")]
    [InlineData("2001:db8::1", "fe80::9%2", "2001:db8::1")]
    [InlineData("192.0.2.1", "fe80::9%2", "192.0.2.1")]
    public void What_a_peer_names_is_in_its_zone(string named, string peer, string expected) =>
        Assert.Equal(new IPEndPoint(IPAddress.Parse(expected), 5060), LinkLocal.InZoneOf(new IPEndPoint(IPAddress.Parse(named), 5060), IPAddress.Parse(peer)));
}
