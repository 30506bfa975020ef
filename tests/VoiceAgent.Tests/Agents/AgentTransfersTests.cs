using Telephony;
using Telephony.Sip.Authentication;
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

    [Theory]
    [InlineData("+49301234567", null, "")]
    [InlineData("+49301234567", "carrier", "")]
    [InlineData("4711", null, "")]
    [InlineData("sip:alice@voiceagent", null, "")]
    [InlineData("sip:desk@pbx.example", null, "")]
    [InlineData("+33123456789", null, "Target = '+33123456789' is called by us where Mode = 'Attended', which Telephony:Outbound:Allow does not permit; add it there.")]
    [InlineData("sip:alice@elsewhere", null, "Target = 'sip:alice@elsewhere' is called by us where Mode = 'Attended', which Telephony:Outbound:Allow does not permit; add it there.")]
    [InlineData("sip:+19001234@pbx.example", "carrier", "Target = 'sip:+19001234@pbx.example' is called by us where Mode = 'Attended', which Telephony:Outbound:Allow does not permit; add it there.")]
    [InlineData("+49301234567", "office", "Trunk = 'office' is no trunk with a Server; use one of: carrier.")]
    public void Person_who_is_asked_first_must_be_somebody_whom_we_may_and_can_call(string target, string? trunk, string fault) =>
        Assert.Equal(Keyed(fault), AttendedFaults(new() { Target = target, Trunk = trunk, Mode = TransferMode.Attended }, "carrier"));

    [Theory]
    [InlineData("")]
    [InlineData("carrier,second")]
    public void Number_needs_the_one_trunk_that_it_is_called_by(string trunks)
    {
        var fault = Assert.Single(AttendedFaults(new() { Target = "+49301234567", Mode = TransferMode.Attended }, trunks.Split(',', StringSplitOptions.RemoveEmptyEntries)));
        Assert.EndsWith("name one in Agents:Profiles:reception:Transfers:sales:Trunk.", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TransferMode.Attended, null, 4, "RingTimeout = '00:00:04' must be between 00:00:05 and 00:02:00.")]
    [InlineData(TransferMode.Attended, null, 121, "RingTimeout = '00:02:01' must be between 00:00:05 and 00:02:00.")]
    [InlineData(TransferMode.Blind, "carrier", 30, "Trunk = 'carrier' is for Mode = 'Attended' only: in a blind transfer it is the caller's device that calls.")]
    public void What_cannot_be_meant_is_refused(TransferMode mode, string? trunk, int ringSeconds, string fault) =>
        Assert.Equal(Keyed(fault), AttendedFaults(new() { Target = "+49301234567", Mode = mode, Trunk = trunk, RingTimeout = TimeSpan.FromSeconds(ringSeconds) }, "carrier"));

    private static string[] Keyed(string fault) => fault.Length == 0 ? [] : [$"Agents:Profiles:reception:Transfers:sales:{fault}"];

    private static IEnumerable<string> AttendedFaults(TransferOption option, params string[] trunks)
    {
        var telephony = new TelephonyOptions
        {
            Outbound = new() { Allow = ["+49*", "*@pbx.example"] },
            Users = new Dictionary<string, UserOptions> { ["alice"] = new() { Password = "secret-secret", Number = "4711" } },
            Trunks = { ["old"] = new() },
        };
        foreach (var trunk in trunks)
            telephony.Trunks[trunk] = new() { Server = "sip.example" };
        var agents = new AgentOptions { Profiles = { ["reception"] = new() { Transfers = { ["sales"] = option } } } };
        return new AgentTransferValidator(telephony).Validate(null, agents).Failures ?? [];
    }

    private static IEnumerable<string> Faults(string tool, string? target)
    {
        var agent = new AgentProfile { Tools = [tool] };
        if (target is not null)
            agent.Transfers["sales"] = new TransferOption { Target = target };
        return new AgentOptionsValidator().Validate(null, new AgentOptions { Profiles = { ["reception"] = agent } }).Failures ?? [];
    }
}
