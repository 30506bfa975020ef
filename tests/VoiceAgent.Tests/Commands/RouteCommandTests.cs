using VoiceAgent.Commands;

namespace VoiceAgent.Tests.Commands;

public sealed class RouteCommandTests
{
    private const string Agents = """
        { "reception": {}, "night": {} }, "TimeZone": "Europe/Berlin",
        "Routes": [ { "Callers": [ "withheld" ], "Reject": 603 }, { "Header": "X-Queue", "HeaderValue": "night*", "Agent": "night" }, { "From": "18:00", "Until": "08:00", "Agent": "night" } ]
        """;

    [Theory]
    [InlineData("--at 2026-01-03T12:00+01:00", 0, "Agents:Routes:0 does not fit: Callers|Agents:Routes:1 does not fit: Header|Agents:Routes:2 does not fit: From|reception answers, by Agents:Default")]
    [InlineData("--at 2026-01-03T07:59+01:00", 0, "Agents:Routes:0 does not fit: Callers|Agents:Routes:1 does not fit: Header|night answers, by Agents:Routes:2")]
    [InlineData("--header X-Queue:Nightly", 0, "Agents:Routes:0 does not fit: Callers|night answers, by Agents:Routes:1")]
    [InlineData("--caller withheld", 1, "Nobody answers: 603, by Agents:Routes:0")]
    [InlineData("--at tomorrow", 2, "--at 'tomorrow' is not a time; use one such as 2026-12-24T23:00+01:00")]
    [InlineData("--trunk nobody", 2, "--trunk 'nobody' is not a trunk; there are none")]
    public async Task The_way_of_a_call_is_shown(string arguments, int exitCode, string output)
    {
        await using var rig = await CommandRig.StartAsync("{}", agents: Agents);
        Assert.Equal(exitCode, await rig.RunAsync(RouteCommand.Create(), arguments.Split(' ')));
        Assert.Equal(output, string.Join('|', rig.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public async Task A_route_that_leads_nowhere_is_told()
    {
        await using var rig = await CommandRig.StartAsync("{}", agents: """{ "reception": {} }, "Routes": [ { "Agent": "nobody" } ]""");
        Assert.Equal(2, await rig.RunAsync(RouteCommand.Create()));
        Assert.Contains("Agents:Routes:0:Agent = 'nobody' is not an agent; use reception.", rig.Output, StringComparison.Ordinal);
    }
}
