using System.Net;
using System.Text;
using Telephony.Calls;
using Telephony.Sip.Identity;
using Telephony.Sip.Messages;
using Telephony.Trunks;

namespace Telephony.Tests.Calls;

public sealed class CallIdentityTests
{
    [Theory]
    [InlineData("\"Jane Doe\" <sip:+49301234@example.com>;tag=1", "+49301234", "Jane Doe")]
    [InlineData("<sip:+49301234;phone-context=example.com@example.com>;tag=1", "+49301234", null)]
    [InlineData("<tel:+49-30-1234;ext=5>;tag=1", "+49301234", null)]
    [InlineData("sip:1000@10.0.0.1;tag=1", "1000", null)]
    [InlineData("<sip:10.0.0.1>;tag=1", null, null)]
    [InlineData("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1", null, null)]
    public void The_caller_is_read_from_From(string from, string? number, string? name)
    {
        var identity = Read(from, "sip:agent@example.com");
        Assert.Equal((number, name), (identity.CallerNumber, identity.CallerName));
    }

    [Theory]
    [InlineData("sip:+4930999@192.0.2.1;user=phone", "+4930999")]
    [InlineData("sip:192.0.2.1", "")]
    [InlineData("sip:sales%20desk@192.0.2.1", "sales desk")]
    public void The_dialled_number_is_the_user_of_the_Request_URI(string requestUri, string dialled)
    {
        var identity = Read("<sip:a@b>;tag=1", requestUri);
        Assert.Equal(dialled, identity.DialledNumber);
        Assert.Equal("sip:first@example.com", identity.To);
    }

    [Fact]
    public void Ids_are_short_and_differ()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => Read("<sip:a@b>;tag=1", "sip:c@d").CallId).ToHashSet();
        Assert.Equal(1000, ids.Count);
        Assert.All(ids, id => Assert.Matches("^[0-9a-z]{8}$", id));
    }

    /// <summary>Goal A28: an asserted identity is used only from trusted peers.</summary>
    [Theory]
    [InlineData(true, "+49301234", IdentitySource.PAssertedIdentity)]
    [InlineData(false, "1000", IdentitySource.From)]
    [InlineData(null, "1000", IdentitySource.From)]
    public void What_a_trunk_asserts_is_believed_where_it_is_trusted(bool? trusts, string number, IdentitySource source)
    {
        var trunk = trusts is { } trust ? new Trunk("carrier", new TrunkOptions { TrustIdentity = trust }) : null;
        var identity = Read("<sip:1000@b>;tag=1", "sip:c@d", trunk, "P-Asserted-Identity: <tel:+49-30-1234>\r\nDiversion: <sip:+4930999@x>;reason=user-busy\r\n");
        Assert.Equal((number, source), (identity.CallerNumber, identity.Caller.Source));
        Assert.Equal([new Diversion("+4930999", "user-busy")], identity.Diversions);
    }

    private static CallIdentity Read(string from, string requestUri, Trunk? trunk = null, string headers = "")
    {
        var invite = $"INVITE {requestUri} SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: {from}\r\n"
            + $"To: <sip:first@example.com>\r\nCall-ID: x@y\r\nCSeq: 1 INVITE\r\nContact: <sip:a@10.0.0.1>\r\n{headers}Content-Length: 0\r\n\r\n";
        var request = Assert.IsType<SipRequest>(SipParser.Parse(Encoding.UTF8.GetBytes(invite)).Message);
        return CallIdentity.Of(request, new IPEndPoint(IPAddress.Loopback, 5060), trunk);
    }
}
