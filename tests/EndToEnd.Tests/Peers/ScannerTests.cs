using System.Net;
using Simulation.Phone;

namespace EndToEnd.Tests.Peers;

/// <summary>A18: SIPVicious, which looks for SIP servers and for names on them, against the service: where strangers are met with silence it finds nothing.</summary>
[Trait("Category", "Peer")]
public sealed class ScannerTests
{
    private const string Scanner = "127.0.0.1";
    private const string Trunk = "127.0.0.77";
    private const string Missing = "svmap is not installed (apt-get install sipvicious).";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("Silence", "OPTIONS", false)]
    [InlineData("Silence", "INVITE", false)]
    [InlineData("Answer", "OPTIONS", true)]
    public async Task A_scan_finds_the_service_only_where_strangers_are_answered(string policy, string method, bool isFound)
    {
        Assert.SkipUnless(PeerProcess.Exists("svmap"), Missing);
        await using var agent = await StartAsync(policy);
        var said = await RunAsync("svmap", "-p", $"{agent.Udp.Port}", "-m", method, "127.0.0.1");
        Assert.Equal(isFound, said.Contains($"127.0.0.1:{agent.Udp.Port}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("REGISTER")]
    [InlineData("OPTIONS")]
    [InlineData("INVITE")]
    public async Task A_thousand_names_are_tried_without_an_answer_and_the_trunk_calls_meanwhile(string method)
    {
        Assert.SkipUnless(PeerProcess.Exists("svwar"), Missing);
        await using var agent = await StartAsync("Silence");
        var scan = RunAsync("svwar", "-m", method, "-e", "1000-1999", "--force", "-p", $"{agent.Udp.Port}", "127.0.0.1");
        await using var caller = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri, LocalAddress = IPAddress.Parse(Trunk) });

        Assert.True(caller.WasAnswered, $"{caller.End}");
        await caller.HangUpAsync();
        var said = await scan;
        Assert.DoesNotContain("reqauth", said, StringComparison.Ordinal);
        Assert.DoesNotContain("noauth", said, StringComparison.Ordinal);
        Assert.Single(await agent.WaitForRecordsAsync(1));
    }

    private static Task<AgentUnderTest> StartAsync(string policy) => AgentUnderTest.StartAsync(settings:
    [
        ("Telephony:Trunks:office:Addresses:0", Trunk),
        ("Telephony:Access:Strangers", policy),
    ]);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var folder = new PeerFolder(program);
        await using var process = PeerProcess.Start(program, folder.Path, ["-b", Scanner, "-x", Scanner, "-P", $"{PeerPorts.Take()}", .. arguments]);
        Assert.NotNull(await process.WaitForExitAsync(Limit));
        return process.Output;
    }
}
