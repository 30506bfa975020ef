using System.Net;
using Telephony.Sip.Admission;
using Telephony.Tests.Calls;
using Telephony.Trunks;

namespace Telephony.Tests.Trunks;

/// <summary>Which trunk an address belongs to, and that a call says whose it is.</summary>
public sealed class TrunkDirectoryTests
{
    private readonly TrunkDirectory _trunks = new(new Dictionary<string, TrunkOptions>
    {
        ["provider"] = new() { Addresses = ["203.0.113.0/24", "2001:db8::/32", "192.0.2.10"] },
        ["pbx"] = new() { Addresses = ["203.0.113.7"] },
        ["spare"] = new() { Addresses = ["192.0.2.10"] },
    });

    [Theory]
    [InlineData("203.0.113.200", "provider")]
    [InlineData("203.0.113.7", "pbx")]
    [InlineData("::ffff:203.0.113.7", "pbx")]
    [InlineData("2001:db8:1::9", "provider")]
    [InlineData("192.0.2.10", "provider")]
    [InlineData("192.0.2.11", null)]
    [InlineData("2001:db9::1", null)]
    public void An_address_belongs_to_the_trunk_that_names_it_most_exactly(string address, string? trunk) =>
        Assert.Equal(trunk, _trunks.Of(IPAddress.Parse(address))?.Name);

    [Fact]
    public void Addresses_of_its_server_are_the_trunks_until_they_change()
    {
        var spare = _trunks.Named("Spare")!;
        spare.ServerAddresses = [IPAddress.Parse("198.51.100.9")];
        Assert.Same(spare, _trunks.Of(IPAddress.Parse("198.51.100.9")));

        spare.ServerAddresses = [IPAddress.Parse("198.51.100.10")];
        Assert.Null(_trunks.Of(IPAddress.Parse("198.51.100.9")));
        Assert.Same(spare, _trunks.Of(IPAddress.Parse("198.51.100.10")));
    }

    [Theory]
    [InlineData("192.0.2.0/24", "office")]
    [InlineData("203.0.113.0/24", null)]
    public void A_call_says_which_trunk_it_came_from(string addresses, string? expected)
    {
        var options = new TelephonyOptions { Access = new() { Strangers = StrangerPolicy.Answer }, Trunks = { ["office"] = new() { Addresses = [addresses] } } };
        using var bench = new CallBench(options);
        new Phone(bench).Invite();
        Assert.Equal(expected, bench.Call.Trunk);
    }
}
