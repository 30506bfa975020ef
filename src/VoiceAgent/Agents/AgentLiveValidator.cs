using GeminiLive;
using Microsoft.Extensions.Options;
using VoiceAgent.TurnTaking;

namespace VoiceAgent.Agents;

/// <summary>Refuses an agent whose session its model would refuse: its own settings over those of section <c>Live</c>, before the first call.</summary>
/// <param name="live">Section <c>Live</c>; its own faults are told by its own validator.</param>
internal sealed class AgentLiveValidator(LiveOptions live) : IValidateOptions<AgentOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AgentOptions options)
    {
        var faults = options.Profiles.SelectMany(agent => LiveSetup.Check(live, agent.Value, $"{AgentOptions.Section}:{nameof(options.Profiles)}:{agent.Key}")).ToList();
        faults.AddRange(options.Profiles.SelectMany(agent => BargeInFaults(agent.Value, $"{AgentOptions.Section}:{nameof(options.Profiles)}:{agent.Key}")));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> BargeInFaults(AgentProfile agent, string path)
    {
        if (!Enum.IsDefined(agent.BargeIn))
            yield return $"{path}:BargeIn is {agent.BargeIn}: say Server, LocalPause or LocalOnly";
        if (agent.ConfirmWithin < TimeSpan.FromMilliseconds(500) || agent.ConfirmWithin > TimeSpan.FromSeconds(2))
            yield return $"{path}:ConfirmWithin is {agent.ConfirmWithin}: say a time from 00:00:00.500 to 00:00:02";
        if (agent.BargeIn == BargeInMode.LocalOnly && string.Equals(agent.ActivityDetection.Mode, "Automatic", StringComparison.OrdinalIgnoreCase))
            yield return $"{path}:ActivityDetection:Mode is Automatic beside BargeIn LocalOnly, which detects here: leave Mode out, or choose another BargeIn";
    }
}
