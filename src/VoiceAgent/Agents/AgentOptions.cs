using System.Globalization;
using Microsoft.Extensions.Options;
using Telephony.Calls;

namespace VoiceAgent.Agents;

/// <summary>All agents by name, and which of them answers a number that nobody claims.</summary>
public sealed class AgentOptions
{
    /// <summary>Configuration section of these settings.</summary>
    public const string Section = "Agents";

    /// <summary>Agent that answers numbers no agent lists; empty refuses such calls with 404.</summary>
    public string Default { get; init; } = "reception";

    /// <summary>Rules for who answers, before the numbers of the agents; the first that fits decides.</summary>
    public IReadOnlyList<AgentRoute> Routes { get; init; } = [];

    /// <summary>Time zone of the rules, such as <c>Europe/Berlin</c>; empty for the machine's.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>Agents by name.</summary>
    public Dictionary<string, AgentProfile> Profiles { get; init; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>Refuses agents that could never answer, before the first call does.</summary>
internal sealed class AgentOptionsValidator : IValidateOptions<AgentOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AgentOptions options)
    {
        var failures = Failures(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(AgentOptions options)
    {
        if (options.Profiles.Count == 0)
            yield return "Agents:Profiles is empty; name at least one agent, for example Agents:Profiles:reception.";
        if (options.Default.Length > 0 && options.Profiles.Count > 0 && !options.Profiles.ContainsKey(options.Default))
            yield return $"Agents:Default = '{options.Default}' is not an agent; use one of: {string.Join(", ", options.Profiles.Keys)}, or leave it empty.";

        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (agent, profile) in options.Profiles)
        {
            if (profile.TransferTarget is { } target && !TransferTarget.TryParse(target, out _))
                yield return $"Agents:Profiles:{agent}:TransferTarget = '{target}' is no number and no sip:, sips: or tel: URI.";
            if (profile.QuietLineGainDb is not (>= 0 and <= 20))
                yield return $"Agents:Profiles:{agent}:QuietLineGainDb = {profile.QuietLineGainDb.ToString(CultureInfo.InvariantCulture)} is out of range; use 0 (off) to 20 dB.";
            if (profile.Transfers.Count == 0 && profile.Tools.FirstOrDefault(tool => tool is "transfer_call" or "phone.transfer_call") is { } transfer)
                yield return $"Agents:Profiles:{agent}:Tools has '{transfer}', which needs somebody to transfer to: Agents:Profiles:{agent}:Transfers.";
            foreach (var (name, option) in profile.Transfers)
            {
                if (!TransferTarget.TryParse(option.Target, out _))
                    yield return $"Agents:Profiles:{agent}:Transfers:{name}:Target = '{option.Target}' is no number and no sip:, sips: or tel: URI.";
            }
            foreach (var number in profile.Numbers)
            {
                if (number.Length == 0 || number.IndexOf('*') is >= 0 and var star && star != number.Length - 1)
                    yield return $"Agents:Profiles:{agent}:Numbers has '{number}'; use a number, or a prefix ending in '*'.";
                else if (!owners.TryAdd(number, agent))
                    yield return $"Agents:Profiles:{agent}:Numbers has '{number}', which agent '{owners[number]}' answers already; a number belongs to one agent.";
            }
        }
    }
}
