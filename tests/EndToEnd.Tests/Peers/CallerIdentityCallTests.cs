using Telephony.Sip.Identity;

namespace EndToEnd.Tests.Peers;

/// <summary>Goal A28 with a foreign stack: what a call says of its caller is believed by trunk, and decides who answers.</summary>
[Trait("Category", "Peer")]
public sealed class CallerIdentityCallTests
{
    [Theory]
    [InlineData("true", "+49301234")]
    [InlineData("false", "sipp")]
    public async Task A_trunk_is_believed_as_configured_and_a_route_chooses_the_agent(string trusts, string caller)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync(
            null,
            ("Telephony:Trunks:carrier:Addresses:0", "127.0.0.1"), ("Telephony:Trunks:carrier:TrustIdentity", trusts),
            ("Agents:Profiles:night:Instructions", "You answer at night."),
            ("Agents:Routes:0:Trunks:0", "carrier"), ("Agents:Routes:0:DivertedFrom:0", "+4930*"), ("Agents:Routes:0:Header", "X-Queue"),
            ("Agents:Routes:0:HeaderValue", "night*"), ("Agents:Routes:0:Agent", "night"));
        (await Sipp.RunAsync(new SippRun("call-sent-on", agent.Udp))).MustSucceed();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(("carrier", caller, "night"), (record.Trunk, record.CallerNumber, record.Agent));
        Assert.Equal([new Diversion("+4930555", "user-busy")], record.Diversions);
        // A token that cannot be read speaks against the number, whoever asserts it.
        Assert.Equal(("Invalid", false), (record.SignedIdentity, record.CallerIsVerified));
    }

    [Fact]
    public async Task A_route_refuses()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync(null, ("Agents:Routes:0:Callers:0", "sip*"), ("Agents:Routes:0:Reject", "603"));
        var result = await Sipp.RunAsync(new SippRun("call-sent-on", agent.Udp));
        Assert.Equal(1, result.Failed);
        Assert.Contains("603", result.Errors, StringComparison.Ordinal);
        Assert.Empty(agent.Records);
    }
}
