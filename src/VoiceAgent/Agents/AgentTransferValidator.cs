using Microsoft.Extensions.Options;
using Telephony;
using Telephony.Calls;

namespace VoiceAgent.Agents;

/// <summary>Refuses attended transfers to those whom the service could never call: <c>Telephony:Outbound</c> does not allow it, or no trunk leads there.</summary>
/// <param name="telephony">Who may be called, the trunks and the users.</param>
internal sealed class AgentTransferValidator(TelephonyOptions telephony) : IValidateOptions<AgentOptions>
{
    /// <summary>For the telephone side of a configuration.</summary>
    public static AgentTransferValidator Of(IConfiguration configuration) =>
        new(configuration.GetSection(TelephonyOptions.Section).Get<TelephonyOptions>() ?? new TelephonyOptions());

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AgentOptions options)
    {
        var faults = options.Profiles.SelectMany(agent => agent.Value.Transfers
            .Select(transfer => (Key: $"Agents:Profiles:{agent.Key}:Transfers:{transfer.Key}", Option: transfer.Value))
            .Where(transfer => TransferTarget.TryParse(transfer.Option.Target, out _))
            .SelectMany(transfer => Faults(transfer.Key, transfer.Option))).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> Faults(string key, TransferOption option)
    {
        if (option.RingTimeout < TransferOption.ShortestRing || option.RingTimeout > TransferOption.LongestRing)
            yield return $"{key}:RingTimeout = '{option.RingTimeout}' must be between {TransferOption.ShortestRing} and {TransferOption.LongestRing}.";
        if (option.Mode != TransferMode.Attended)
        {
            if (option.Trunk is not null)
                yield return $"{key}:Trunk = '{option.Trunk}' is for Mode = 'Attended' only: in a blind transfer it is the caller's device that calls.";
            yield break;
        }
        var isOwnUser = option.Trunk is null && telephony.IsUser(option.Target);
        if (!isOwnUser && !telephony.MayCall(option.Target, option.Trunk))
            yield return $"{key}:Target = '{option.Target}' is called by us where Mode = 'Attended', which Telephony:Outbound:Allow does not permit; add it there.";
        if (option.Trunk is { } trunk && !(telephony.Trunks.TryGetValue(trunk, out var settings) && settings.Server.Length > 0))
            yield return $"{key}:Trunk = '{trunk}' is no trunk with a Server; use one of: {string.Join(", ", WithServer)}.";
        else if (option.Trunk is null && !isOwnUser && !option.Target.Contains(':') && WithServer.Count() != 1)
            yield return $"{key}:Target = '{option.Target}' is a number, and {WithServer.Count()} trunks have a Server to call it by; name one in {key}:Trunk.";
    }

    private IEnumerable<string> WithServer => telephony.Trunks.Where(trunk => trunk.Value.Server.Length > 0).Select(trunk => trunk.Key);
}
