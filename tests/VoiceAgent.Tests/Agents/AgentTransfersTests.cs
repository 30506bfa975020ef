using VoiceAgent.Agents;

namespace VoiceAgent.Tests.Agents;

/// <summary>Whom an agent may hand callers to is checked before the first call.</summary>
public sealed class AgentTransfersTests
{
    [Theory]
    [InlineData("+49 30 1234567")]
    [InlineData("sip:desk@example.com")]
    [InlineData("tel:+49301234567")]
    public void Number_or_uri_is_taken(string target) => Assert.Empty(Faults("phone", target));

    [Theory]
    [InlineData("")]
    [InlineData("the boss")]
    [InlineData("http://example.com")]
    public void Anything_else_is_refused_with_its_key(string target) =>
        Assert.Equal($"Agents:Profiles:reception:Transfers:sales:Target = '{target}' is no number and no sip:, sips: or tel: URI.", Assert.Single(Faults("phone", target)));

    [Theory]
    [InlineData("transfer_call", true)]
    [InlineData("phone.transfer_call", true)]
    [InlineData("phone", false)]
    public void Agent_that_lists_transfer_call_needs_somebody_to_transfer_to(string tool, bool isRefused)
    {
        var faults = Faults(tool, target: null);
        Assert.Equal(isRefused ? [$"Agents:Profiles:reception:Tools has '{tool}', which needs somebody to transfer to: Agents:Profiles:reception:Transfers."] : [], faults);
    }

    private static IEnumerable<string> Faults(string tool, string? target)
    {
        var agent = new AgentProfile { Tools = [tool] };
        if (target is not null)
            agent.Transfers["sales"] = new TransferOption { Target = target };
        return new AgentOptionsValidator().Validate(null, new AgentOptions { Profiles = { ["reception"] = agent } }).Failures ?? [];
    }
}
