using System.Net;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transport;

/// <summary>A23: which of our addresses a peer is told.</summary>
public sealed class OwnAddressesTests
{
    [Theory]
    [InlineData("203.0.113.9", "10.0.0.5", "198.51.100.1")]   // from outside
    [InlineData("192.168.1.7", "192.168.1.2", "192.168.1.2")]   // from the local network
    [InlineData("172.31.0.9", "10.0.0.5", "198.51.100.77")]   // a trunk that is told another one
    [InlineData("2001:db8::9", "fd00::5", "fd00::5")]   // no public address of that family
    [InlineData("::ffff:192.168.1.7", "192.168.1.2", "192.168.1.2")]
    public void A_peer_is_told_the_address_that_it_reaches(string peer, string own, string told) =>
        Assert.Equal(IPAddress.Parse(told), Addresses("198.51.100.1").For(IPAddress.Parse(peer), IPAddress.Parse(own)));

    [Fact]
    public void Both_families_can_have_a_public_address()
    {
        var addresses = Addresses("198.51.100.1", "2001:db8::1");
        Assert.Equal(IPAddress.Parse("2001:db8::1"), addresses.For(IPAddress.Parse("2001:db8:9::9"), IPAddress.Parse("fd00::5")));
        Assert.Equal(IPAddress.Parse("fd00::5"), addresses.For(IPAddress.Parse("fd00::9"), IPAddress.Parse("fd00::5")));
    }

    [Theory]
    [InlineData("", "192.168.1.7", true)]
    [InlineData("", "203.0.113.9", false)]
    [InlineData("none", "192.168.1.7", false)]
    [InlineData("203.0.113.0/24", "203.0.113.9", true)]
    [InlineData("203.0.113.0/24", "192.168.1.7", false)]
    public void Local_are_the_networks_of_the_settings_else_all_private_ones(string networks, string peer, bool isLocal)
    {
        var options = new TelephonyOptions { LocalNetworks = networks.Length == 0 ? [] : [networks] }.ToUserAgentOptions(Telephony.Trunks.TrunkDirectory.Empty);
        Assert.Equal(isLocal, options.LocalNetworks.Any(network => network.Contains(IPAddress.Parse(peer))));
    }

    [Theory]
    [InlineData("10.0.0.7", "203.0.113.9", true)]
    [InlineData("10.0.0.7", "192.168.1.1", true)]
    [InlineData("10.0.0.7", "10.9.9.9", false)]
    [InlineData("203.0.113.5", "203.0.113.9", false)]
    [InlineData("fd00::7", "2001:db8::1", true)]
    [InlineData("fd00::7", "203.0.113.9", false)]
    [InlineData("::1", "2001:db8::1", true)]
    public void A_private_address_of_another_network_than_the_source_is_behind_nat(string named, string source, bool isBehind) =>
        Assert.Equal(isBehind, PrivateAddress.IsBehindNat(IPAddress.Parse(named), IPAddress.Parse(source)));

    private static OwnAddresses Addresses(params string[] known) =>
        new(PrivateAddress.Networks, peer => peer.Equals(IPAddress.Parse("172.31.0.9")) ? IPAddress.Parse("198.51.100.77") : null)
        {
            Public = [.. known.Select(IPAddress.Parse)],
        };
}
