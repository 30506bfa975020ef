using GeminiLive;
using Microsoft.Extensions.Options;

namespace VoiceAgent.Agents;

/// <summary>Refuses an agent whose session its model would refuse: its own settings over those of section <c>Live</c>, before the first call.</summary>
/// <param name="live">Section <c>Live</c>; its own faults are told by its own validator.</param>
internal sealed class AgentLiveValidator(LiveOptions live) : IValidateOptions<AgentOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AgentOptions options)
    {
        var faults = options.Profiles.SelectMany(agent => LiveSetup.Check(live, agent.Value, $"{AgentOptions.Section}:{nameof(options.Profiles)}:{agent.Key}")).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
