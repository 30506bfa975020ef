using Microsoft.Extensions.Configuration;

namespace Tools.Catalog;

/// <summary>What the agents list (<c>Agents:Profiles:NAME:Tools</c>): a source, <c>source.tool</c>, or a tool.</summary>
internal static class AgentTools
{
    private const string Profiles = "Agents:Profiles";

    /// <summary>Names of all agents.</summary>
    public static IReadOnlyList<string> Agents(IConfiguration root) => [.. root.GetSection(Profiles).GetChildren().Select(agent => agent.Key)];

    /// <summary>The tools of one agent, in the order of its list, each once.</summary>
    /// <param name="root">The whole configuration.</param>
    /// <param name="agent">Name of the agent.</param>
    /// <param name="loaded">All tools.</param>
    /// <param name="faults">Takes entries that mean nothing: key, value, what there is.</param>
    /// <param name="leftOut">Takes entries whose tool a foreign list does not have now.</param>
    public static IReadOnlyList<Tool> Resolve(IConfiguration root, string agent, LoadedTools loaded, ICollection<string> faults, ICollection<string> leftOut)
    {
        var tools = new List<Tool>();
        foreach (var entry in root.GetSection($"{Profiles}:{agent}:Tools").GetChildren())
        {
            var found = Find(entry.Value ?? "", loaded);
            if (found.Count == 0 && loaded.IsOfForeign(entry.Value ?? ""))
                leftOut.Add($"{entry.Path} = '{entry.Value}' is no tool that its source has now; agent '{agent}' goes without it.");
            else if (found.Count == 0 && !loaded.MayMean(entry.Value ?? ""))
                faults.Add($"{entry.Path} = '{entry.Value}' is no tool and no source of tools; {loaded.Describe()}.");
            foreach (var tool in found.Except(tools).ToList())
            {
                if (IsAllowed(tool, agent))
                    tools.Add(tool);
                else if (!IsSource(entry.Value!, loaded))
                    faults.Add($"{entry.Path} = '{entry.Value}' is not for agent '{agent}'; its AllowedAgents are: {string.Join(", ", tool.Policy.AllowedAgents)}.");
            }
        }
        return tools;
    }

    private static List<Tool> Find(string entry, LoadedTools loaded)
    {
        if (IsSource(entry, loaded))
            return [.. loaded.Tools.Where(tool => Same(tool.Source, entry))];
        var dot = entry.LastIndexOf('.');   // a source may have one in its name, a tool may not
        return dot < 0
            ? [.. loaded.Tools.Where(tool => tool.Name == entry)]
            : [.. loaded.Tools.Where(tool => Same(tool.Source, entry[..dot]) && tool.Name == entry[(dot + 1)..])];
    }

    private static bool IsSource(string entry, LoadedTools loaded) => loaded.Sources.Contains(entry, StringComparer.OrdinalIgnoreCase);

    private static bool IsAllowed(Tool tool, string agent) =>
        tool.Policy.AllowedAgents.Count == 0 || tool.Policy.AllowedAgents.Contains(agent, StringComparer.OrdinalIgnoreCase);

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
