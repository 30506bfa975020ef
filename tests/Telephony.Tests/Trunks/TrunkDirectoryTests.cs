using System.Net;
using Telephony.Calls;
using Telephony.Sip.Admission;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Tests.Calls;
using Telephony.Tests.Sip.Transport;
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

    // Two accounts at one provider: the same addresses, told apart by the Contact that each has registered.
    [Theory]
    [InlineData("sales", "192.0.2.10", "sales", "+49301234")]
    [InlineData("Support", "192.0.2.10", "support", "+49301234")]
    [InlineData("+4930999", "192.0.2.10", "sales", "+4930999")]
    [InlineData("support", "192.0.2.11", null, "support")]
    public void Calls_to_a_registered_contact_are_its_trunks_and_name_their_destination_in_To(string user, string from, string? expected, string dialled)
    {
        var trunks = new TrunkDirectory(new Dictionary<string, TrunkOptions>
        {
            ["sales"] = new() { Server = "192.0.2.10", Register = true, Username = "a", Addresses = ["192.0.2.10"] },
            ["support"] = new() { Server = "192.0.2.10", Register = true, Username = "b", Addresses = ["192.0.2.10"] },
        });
        var invite = new SipRequest("INVITE", new SipUri { User = user, Host = "198.51.100.5" })
        {
            From = new NameAddress { Uri = new SipUri { User = "caller", Host = "provider.example" } },
            To = new NameAddress { Uri = new SipUri { User = "+49301234", Host = "provider.example" } },
            CallId = "1",
        };
        var remote = new IPEndPoint(IPAddress.Parse(from), 5060);
        var flow = new SipFlow(new InMemoryTransport(new(SipProtocol.Udp, new IPEndPoint(IPAddress.Any, 5060))), remote, IPAddress.Loopback);
        var trunk = trunks.Of(invite, flow);
        Assert.Equal(expected, trunk?.Name);
        Assert.Equal(dialled, CallIdentity.Of(invite, remote, trunk).DialledNumber);
    }
}
