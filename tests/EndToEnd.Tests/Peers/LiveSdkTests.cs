namespace EndToEnd.Tests.Peers;

/// <summary>A Live client that nobody here wrote finds in the simulated server what it expects of the real one.</summary>
[Trait("Category", "Peer")]
public sealed class LiveSdkTests(LiveSdk sdk) : IClassFixture<LiveSdk>
{
    public static TheoryData<string> Scenarios => [.. LiveSdk.Scenarios];

    [Theory, MemberData(nameof(Scenarios))]
    public void Official_javascript_sdk_is_served(string scenario)
    {
        Assert.SkipUnless(LiveSdk.IsInstalled, LiveSdk.Missing);
        Assert.True(sdk.Output.Contains($"ok {scenario}"), $"{scenario} is not ok.\n{string.Join('\n', sdk.Output)}");
    }

    [Fact]
    public void Every_scenario_is_run_and_none_fails()
    {
        Assert.SkipUnless(LiveSdk.IsInstalled, LiveSdk.Missing);
        Assert.Equal(0, sdk.ExitCode);
        Assert.Equal(LiveSdk.Scenarios.Order(), sdk.Output.Where(line => line.StartsWith("ok ", StringComparison.Ordinal)).Select(line => line[3..]).Order());
    }
}
