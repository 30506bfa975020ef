using Microsoft.Extensions.Options;
using VoiceAgent.Calls;

namespace VoiceAgent.Agents;

/// <summary>Refuses an agent that would hand its callers on to nobody.</summary>
/// <param name="sharedTarget"><c>Calls:TransferTarget</c>, which an agent without a target of its own takes.</param>
internal sealed class AgentLastStepValidator(string? sharedTarget) : IValidateOptions<AgentOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AgentOptions options)
    {
        var faults = options.Profiles
            .Where(agent => agent.Value.LastStep == LastStep.Transfer && string.IsNullOrEmpty(agent.Value.TransferTarget ?? sharedTarget))
            .Select(agent => $"Agents:Profiles:{agent.Key}:LastStep = 'Transfer' needs Agents:Profiles:{agent.Key}:TransferTarget or Calls:TransferTarget.")
            .ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
