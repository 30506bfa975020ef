using System.Net;

namespace EndToEnd.Tests.Peers;

/// <summary>A27 with a real peer: sipsak's ping says well for a service that takes calls, and not for one that is full.</summary>
[Trait("Category", "Peer"), Collection(nameof(PeerCollection))]
public sealed class OptionsPeerTests
{
    [Fact]
    public async Task Sipsak_is_told_whether_a_call_would_be_taken()
    {
        Assert.SkipUnless(PeerProcess.Exists("sipsak"), "sipsak is not installed (apt-get install sipsak).");
        await using var agent = await AgentUnderTest.StartAsync(null, ("Calls:MaxCalls", "1"));
        Assert.Equal(0, await PingAsync(agent.Udp));
        await using var caller = await ConversationTests.Dial(agent);
        Assert.NotEqual(0, await PingAsync(agent.Udp));
    }

    private static async Task<int?> PingAsync(IPEndPoint service)
    {
        using var folder = new PeerFolder("sipsak");
        await using var process = PeerProcess.Start("sipsak", folder.Path, ["-s", $"sip:ping@{service}"]);
        return await process.WaitForExitAsync(TimeSpan.FromSeconds(20));
    }
}
