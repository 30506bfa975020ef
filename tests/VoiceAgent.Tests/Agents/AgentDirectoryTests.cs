using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Telephony;
using VoiceAgent.Agents;

namespace VoiceAgent.Tests.Agents;

public sealed class AgentDirectoryTests
{
    [Theory]
    [InlineData("+49301000", "sales")]      // exact beats the longer-looking prefix
    [InlineData("+49301001", "berlin")]     // longest prefix
    [InlineData("+49401001", "germany")]
    [InlineData("+3312", "reception")]      // nobody's number: the default
    [InlineData("", "reception")]
    public void A_number_finds_its_agent(string dialled, string agent) => Assert.Equal(agent, Find(Directory("reception"), dialled)?.Name);

    [Fact]
    public void Without_a_default_an_unknown_number_finds_nobody() => Assert.Null(Find(Directory(""), "+3312"));

    [Fact]
    public void Agents_that_could_never_answer_are_refused_with_key_value_and_remedy()
    {
        var options = new AgentOptions { Default = "nobody", Profiles = { ["a"] = new() { Numbers = ["1*2", "7"] }, ["b"] = new() { Numbers = ["7"] } } };
        var failures = new AgentOptionsValidator().Validate(null, options).Failures!.ToList();
        Assert.Equal(3, failures.Count);
        Assert.Contains("Agents:Default = 'nobody'", failures[0], StringComparison.Ordinal);
        Assert.Contains("'1*2'", failures[1], StringComparison.Ordinal);
        Assert.Contains("agent 'a' answers already", failures[2], StringComparison.Ordinal);
    }

    [Fact]
    public void No_agent_at_all_is_refused() => Assert.True(new AgentOptionsValidator().Validate(null, new AgentOptions()).Failed);

    private static SelectedAgent? Find(AgentDirectory directory, string dialled) => directory.Find(new RouteQuery { Dialled = dialled }).Agent;

    private static AgentDirectory Directory(string fallback) => new(Options.Create(new AgentOptions
    {
        Default = fallback,
        Profiles =
        {
            ["reception"] = new(),
            ["germany"] = new() { Numbers = ["+49*"] },
            ["berlin"] = new() { Numbers = ["+4930*"] },
            ["sales"] = new() { Numbers = ["+49301000"] },
        },
    }), Options.Create(new TelephonyOptions()), TimeProvider.System, NullLogger<AgentDirectory>.Instance);
}
