using Microsoft.Extensions.Options;
using Telephony;

namespace VoiceAgent.Agents;

/// <summary>Refuses routes that lead nowhere, or name trunks that are not there.</summary>
/// <param name="trunks">Names of the trunks, and the agent that each names; empty for none.</param>
internal sealed class AgentRouteValidator(IReadOnlyDictionary<string, string> trunks) : IValidateOptions<AgentOptions>
{
    /// <summary>For the trunks of a configuration.</summary>
    public static AgentRouteValidator Of(IConfiguration configuration) => new(
        configuration.GetSection($"{TelephonyOptions.Section}:{nameof(TelephonyOptions.Trunks)}").GetChildren()
            .ToDictionary(trunk => trunk.Key, trunk => trunk[nameof(Telephony.Trunks.TrunkOptions.Agent)] ?? "", StringComparer.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AgentOptions options)
    {
        var faults = RouteRules.Errors(options, trunks).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
