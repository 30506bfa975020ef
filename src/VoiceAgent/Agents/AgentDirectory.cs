using Microsoft.Extensions.Options;

namespace VoiceAgent.Agents;

/// <summary>Dialled number -> agent: an exact number first, then the longest prefix, then the default.</summary>
public sealed class AgentDirectory(IOptions<AgentOptions> options)
{
    private readonly AgentOptions _options = options.Value;

    /// <summary>The agent that answers a dialled number.</summary>
    /// <param name="dialledNumber">User part of the Request-URI; empty when there was none.</param>
    /// <returns>The agent, or null when nobody answers that number.</returns>
    public SelectedAgent? Find(string dialledNumber)
    {
        SelectedAgent? best = null;
        var bestLength = -1;
        foreach (var (name, profile) in _options.Profiles)
        {
            foreach (var number in profile.Numbers)
            {
                var length = MatchLength(number, dialledNumber);
                if (length > bestLength)
                    (best, bestLength) = (new SelectedAgent(name, profile), length);
            }
        }
        return best ?? (_options.Profiles.TryGetValue(_options.Default, out var fallback) ? new SelectedAgent(_options.Default, fallback) : null);
    }

    // An exact match beats every prefix of any length.
    private static int MatchLength(string pattern, string dialled)
    {
        if (!pattern.EndsWith('*'))
            return pattern == dialled ? int.MaxValue : -1;
        var prefix = pattern.AsSpan(0, pattern.Length - 1);
        return dialled.AsSpan().StartsWith(prefix, StringComparison.Ordinal) ? prefix.Length : -1;
    }
}

/// <summary>An agent and the name it has in the configuration.</summary>
/// <param name="Name">Key below <c>Agents:Profiles</c>.</param>
/// <param name="Profile">Its settings.</param>
public sealed record SelectedAgent(string Name, AgentProfile Profile);
